import { HttpError } from '@tsgi/core'

const strict = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder()

/** Bytes as text. Throws a 400 where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = lenient.decode(bytes)
  // What is not UTF-8 became U+FFFD, which may also stand for itself: only then is the strict decoder needed. On Node it
  // takes twice as long, and what it returns takes longer to parse.
  if (!text.includes('\ufffd')) return text
  try {
    return strict.decode(bytes)
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid UTF-8.', { cause })
  }
}
