/**
 * Returns text without the white space at its ends that a field value may have around it: spaces and tabs. `trim` would
 * also remove characters that other programs take for a part of the value, such as U+00A0.
 *
 * Source: RFC 9110 §5.6.3.
 *
 * @example
 * ```ts
 * import { trimOws } from '@tsgi/core/http'
 *
 * trimOws(' close\t') // => 'close'
 * trimOws('close\u00a0') // => 'close\u00a0'
 * ```
 */
export function trimOws(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isOws(text, start)) start++
  while (start < end && isOws(text, end - 1)) end--
  return text.slice(start, end)
}

function isOws(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t'
}

/**
 * Returns the elements of a field that is a list separated by commas, such as `Connection`, without empty ones. Elements
 * must not be quoted.
 *
 * Source: RFC 9110 §5.6.1.
 *
 * @param value The value of the field; `null` or `undefined` if there is none.
 *
 * @example
 * ```ts
 * import { listElements } from '@tsgi/core/http'
 *
 * listElements('keep-alive, , Upgrade') // => ['keep-alive', 'Upgrade']
 * listElements(null) // => []
 * ```
 */
export function listElements(value: string | null | undefined): string[] {
  return value ? value.split(',').map(trimOws).filter(Boolean) : []
}

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
  const listed = listElements(vary)
  if (listed.includes('*') || names.includes('*')) return '*'
  const known = new Set(listed.map((name) => name.toLowerCase()))
  const added = names.filter((name) => {
    const lower = name.toLowerCase()
    return !known.has(lower) && known.add(lower)
  })
  return added.length === 0 && vary !== null ? vary : [...listed, ...added].join(', ')
}
