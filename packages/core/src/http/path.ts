/**
 * Normalizes the percent-encoding of a path: hexadecimal digits in upper case, unreserved characters decoded. `%2F` stays
 * encoded, and `^` is encoded, which the URLs of older runtimes, such as Node 22, do not do. A path with an invalid `%` is
 * returned unchanged, because decoding could turn it into a valid encoding.
 *
 * Source: RFC 3986 §6.2.2.1 and §6.2.2.2, and the path percent-encode set of the URL Standard.
 *
 * @example
 * ```ts
 * import { normalizePath } from '@tsgi/core/gateway'
 *
 * normalizePath('/caf%c3%a9/%6de%2Fyou') // => '/caf%C3%A9/me%2Fyou'
 * ```
 */
export function normalizePath(path: string): string {
  return MALFORMED.test(path) ? path : path.replace(ENCODED, decodeUnreserved).replaceAll('^', '%5E')
}

const MALFORMED = /%(?![\da-f]{2})/i
const ENCODED = /%[\da-f]{2}/gi
/** RFC 3986 §2.3 */
const UNRESERVED = /[\w.~-]/

function decodeUnreserved(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return UNRESERVED.test(character) ? character : encoded.toUpperCase()
}
