/**
 * Percent-decodes a path, one character per byte, as CGI variables and WSGI hold it. Keeps invalid escapes.
 *
 * @example
 * ```ts
 * import { decodePathBytes } from '@tsgi/core/gateway'
 *
 * decodePathBytes('/%C3%A9%') // => '/\u00c3\u00a9%'
 * ```
 */
export function decodePathBytes(path: string): string {
  return path.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/**
 * Percent-encodes every byte that a path cannot contain (RFC 3986 §3.3). The inverse of {@link decodePathBytes}.
 *
 * @param bytes One character per byte.
 *
 * @example
 * ```ts
 * import { encodePathBytes } from '@tsgi/core/gateway'
 *
 * encodePathBytes('/\u00c3\u00a9 ?') // => '/%C3%A9%20%3F'
 * ```
 */
export function encodePathBytes(bytes: string): string {
  return bytes.replace(
    /[^\w\-.~!$&'()*+,;=:@/]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/**
 * Removes trailing slashes, in linear time. A regular expression would take quadratic time for many slashes that are not
 * at the end.
 *
 * @example
 * ```ts
 * import { trimTrailingSlashes } from '@tsgi/core/gateway'
 *
 * trimTrailingSlashes('/app//') // => '/app'
 * ```
 */
export function trimTrailingSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}
