/** uri-host [ ":" port ] of RFC 9110 §7.2: a registered name, an IPv4 or a bracketed IPv6 address */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::\d{1,5})?$/i

/** Whether the text is an authority without user information, `host` or `host:port`. */
export function isAuthority(text: unknown): boolean {
  return typeof text === 'string' && AUTHORITY.test(text)
}
