// The bytes that are allowed in each place (RFC 9110 §5.6, RFC 9112 §3 and §5), as tables from byte to 0 or 1.

/** tchar: methods and field names. */
export const TOKEN: Uint8Array = bytesOf(/[!#$%&'*+\-.^_`|~0-9A-Za-z]/)
/** field-vchar, SP and HTAB: no control character, so no bare CR or LF, and no NUL. */
export const FIELD_VALUE: Uint8Array = bytesOf(/[\t\x20-\x7e\x80-\xff]/)
/** Visible ASCII except `#`, because a request target has no fragment. */
export const TARGET: Uint8Array = bytesOf(/[!"$-~]/)

export const LF = 0x0a
export const CR = 0x0d
export const SP = 0x20
export const SLASH = 0x2f
export const COLON = 0x3a

function bytesOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (pattern.test(String.fromCharCode(byte)) ? 1 : 0))
}

/** Returns the position of the first byte from `start` that is not in the table. */
export function skip(table: Uint8Array, bytes: Uint8Array, start: number): number {
  const end = bytes.length
  let at = start
  while (at < end && table[bytes[at]!] === 1) at++
  return at
}
