const encoder = new TextEncoder()

/** Returns the size of a message in UTF-8. The result is only exact if it may be larger than `limit`. */
export function byteLength(message: string | Uint8Array, limit: number): number {
  if (typeof message !== 'string') return message.byteLength
  // A character of UTF-16 has at most three bytes in UTF-8.
  return message.length * 3 <= limit ? message.length : encoder.encode(message).byteLength
}
