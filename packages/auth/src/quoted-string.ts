/** Returns a quoted-string of a header field (RFC 9110 §5.6.4). The text must be printable ASCII. */
export function quotedString(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

/** Reports whether a text can be part of a header field in every client: printable ASCII. */
export function isPrintable(text: unknown): text is string {
  return typeof text === 'string' && /^[ -~]*$/.test(text)
}
