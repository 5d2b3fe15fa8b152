/**
 * Adds names to the value of a `Vary` field: each once, whatever its case. Keeps the others, and returns `*` if the field
 * has it.
 *
 * Source: RFC 9110 §12.5.5.
 *
 * @param vary The current value of the field, or `null` if there is none.
 *
 * @example
 * ```ts
 * import { text, withHeaders } from '@tsgi/core'
 * import { addVary } from '@tsgi/core/http'
 *
 * const response = text('Hola', { headers: { vary: 'Accept-Language' } })
 * const vary = addVary(response.headers.get('vary'), 'Origin', 'accept-language')
 * withHeaders(response, { vary }).headers.get('vary') // => 'Accept-Language, Origin'
 * ```
 */
export function addVary(vary: string | null, ...names: readonly string[]): string {
  if (vary === null && names.length === 1) return names[0]!
  const listed = (vary ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  if (listed.includes('*') || names.includes('*')) return '*'
  const known = new Set(listed.map((name) => name.toLowerCase()))
  const added = names.filter((name) => {
    const lower = name.toLowerCase()
    return !known.has(lower) && known.add(lower)
  })
  return added.length === 0 && vary !== null ? vary : [...listed, ...added].join(', ')
}
