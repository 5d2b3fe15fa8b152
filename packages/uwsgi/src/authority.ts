/**
 * A name as DNS has them (and underscores, which private networks use), an IPv4 address or an IPv6 literal, and a port:
 * less than RFC 3986 §3.2.2 lets a registered name hold, and nothing that needs escaping where it is shown.
 */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d*)?$/i

/** Hosts that need no parsing: lower case, not an address, without a port. */
const CLEAN = /^(?:[a-z_-][a-z\d_-]*\.)*[a-z]{2,63}$/

/**
 * The authority as the URL Standard writes it: lower case, without the scheme's default port; undefined where it is
 * none. What `new URL(request.url).host` says is then what `environ.host` says.
 */
export function normalizeAuthority(scheme: 'http' | 'https', value: string): string | undefined {
  if (value.length > 300) return undefined
  if (CLEAN.test(value) && !value.startsWith('xn--') && !value.includes('.xn--')) return value
  if (!AUTHORITY.test(value)) return undefined
  return URL.parse(`${scheme}://${value}`)?.host
}
