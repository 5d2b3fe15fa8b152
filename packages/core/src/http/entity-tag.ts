/**
 * Reports whether a value is an entity tag, such as `"v1"` or `W/"v1"`: quoted, without quotes, spaces or control
 * characters inside.
 *
 * Source: RFC 9110 §8.8.3.
 *
 * @example
 * ```ts
 * import { isEntityTag } from '@tsgi/core/http'
 *
 * isEntityTag('"v1"') // => true
 * isEntityTag('v1') // => false
 * ```
 */
export function isEntityTag(value: unknown): value is string {
  return typeof value === 'string' && /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(value)
}

/** Longest list that is read, in characters and in tags. Caches send a few tags. */
const MAX_LENGTH = 8 * 1024
const MAX_TAGS = 256

/** One element of a list and the comma after it. Elements may be empty (RFC 9110 §5.6.1). */
const ELEMENT = /[\t ]*(?:(W\/)?("[^"]*")[\t ]*)?(?:,|$)/y

/**
 * Reports whether a list of entity tags has the given one. A strong comparison fails if either tag is weak (RFC 9110
 * §8.8.3.2). The list is read up to its first malformed element, 8 KiB or 256 tags.
 */
export function hasEntityTag(list: string, tag: string, comparison: 'strong' | 'weak'): boolean {
  const isWeak = tag.startsWith('W/')
  if (isWeak && comparison === 'strong') return false
  const opaque = isWeak ? tag.slice(2) : tag
  const end = Math.min(list.length, MAX_LENGTH)
  ELEMENT.lastIndex = 0
  for (let read = 0; read < MAX_TAGS && ELEMENT.lastIndex < end; read++) {
    const element = ELEMENT.exec(list)
    if (element === null) return false
    if (element[2] === opaque && (comparison === 'weak' || element[1] === undefined)) return true
  }
  return false
}
