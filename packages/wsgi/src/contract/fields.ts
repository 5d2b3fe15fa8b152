/** Hop-by-hop fields (RFC 2616 §13.5.1, RFC 9110 §7.6.1), which a WSGI server must reject. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
])

/** Reports whether a field is hop-by-hop, ignoring case. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name.toLowerCase())
}

/** Reports whether the text has a control character, which is not allowed in a status or a field value. */
export function hasControl(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return /[\0-\x1f\x7f]/.test(text)
}

/** A field name (RFC 9110 §5.1). */
export const TOKEN: RegExp = /^[\w!#$%&'*+.^`|~-]+$/
