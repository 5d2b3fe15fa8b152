/**
 * A bytes literal as in Python: ASCII text and `\xNN` escapes, one byte per character.
 *
 * Source: Python's lexical analysis, "String and Bytes literals".
 *
 * @throws TypeError if a character is above U+00FF, or the template has a placeholder.
 *
 * @example
 * ```ts
 * import { b } from '@tsgi/wsgi'
 *
 * b`Hi\xff` // => new Uint8Array([72, 105, 255])
 * ```
 */
export function b(literal: TemplateStringsArray, ...values: never[]): Uint8Array<ArrayBuffer> {
  if (values.length > 0) throw new TypeError('b: a bytes literal cannot have placeholders')
  return latin1Bytes(literal[0] ?? '')
}

/** Encodes text as latin1. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  if (!isLatin1(text)) throw new TypeError('b: a bytes literal cannot have characters above U+00FF')
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** Reports whether the text is a native string in the sense of PEP 3333: no character above U+00FF. */
export function isLatin1(text: string): boolean {
  return !/[^\0-\xff]/.test(text)
}
