import { HttpError } from '@tsgi/core'

const strict = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder()

/** Decodes UTF-8. Throws 400 if the bytes are not valid. */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = lenient.decode(bytes)
  // The lenient decoder writes U+FFFD for invalid bytes. On Node it takes half the time of the strict one.
  if (!text.includes('\ufffd')) return text
  try {
    return strict.decode(bytes)
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid UTF-8.', { cause })
  }
}
