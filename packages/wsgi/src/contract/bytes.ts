/**
 * Python's bytes literal: ASCII text and `\xNN` escapes, each character one byte.
 *
 * Source: Python's lexical analysis, "String and Bytes literals".
 *
 * @throws TypeError where a character is not one byte.
 *
 * @example
 * ```ts
 * import { b } from '@tsgi/wsgi'
 *
 * b`Hi\xff` // => new Uint8Array([72, 105, 255])
 * ```
 */
export function b(literal: TemplateStringsArray, ...values: never[]): Uint8Array<ArrayBuffer> {
  if (values.length > 0) throw new TypeError('b: a bytes literal holds no values')
  return latin1Bytes(literal[0] ?? '')
}

/** The bytes of text whose characters are bytes. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  if (!isLatin1(text)) throw new TypeError('b: a character of a bytes literal must be at most U+00FF')
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** Whether the text is what PEP 3333 calls a string: no character above U+00FF. */
export function isLatin1(text: string): boolean {
  return !/[^\0-\xff]/.test(text)
}

/** A path percent-decoded, one character a byte. What is no escape stays as it is. */
export function decodePath(path: string): string {
  return path.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** A path of bytes percent-encoded, as the URL Standard writes it. */
export function encodePath(path: string): string {
  return path.replace(
    /[^\w.~!$&'()*+,;=:@/-]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
