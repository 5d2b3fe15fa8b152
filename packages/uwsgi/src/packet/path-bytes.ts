/** Percent-decodes a path, one character per byte, as CGI variables hold it. */
export function decodePathBytes(path: string): string {
  return path.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Percent-encodes every byte that a path cannot contain (RFC 3986 §3.3). The inverse of {@link decodePathBytes}. */
export function encodePathBytes(bytes: string): string {
  return bytes.replace(
    /[^\w\-.~!$&'()*+,;=:@/]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** Removes trailing slashes. A regular expression would take quadratic time for many slashes that are not at the end. */
export function trimTrailingSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}
