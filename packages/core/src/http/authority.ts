/** uri-host [ ":" port ] of RFC 9110 §7.2: a registered name, an IPv4 address or an IPv6 address in brackets */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::\d{1,5})?$/i

/** Reports whether a value is an authority without user information, `host` or `host:port`. */
export function isAuthority(text: unknown): boolean {
  return typeof text === 'string' && AUTHORITY.test(text)
}

/**
 * A DNS name (with underscores, which private networks use), an IPv4 address or an IPv6 literal, and a port. RFC 3986
 * §3.2.2 allows more in a registered name, such as quotes and percent-encoded bytes. No host needs them, and everything
 * that shows the host would have to escape them.
 */
const PLAIN_AUTHORITY = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d*)?$/i

/** Hosts that have been parsed. The number is limited, because clients choose them. */
const known: Readonly<Record<'http' | 'https', Map<string, string>>> = { http: new Map(), https: new Map() }
const MAX_KNOWN = 256

/**
 * Normalizes the authority of a request as the URL Standard does: lower case, without the default port of the scheme. So
 * `environ.host` equals `new URL(request.url).host`. Returns `undefined` if a gateway should reject it.
 *
 * Source: RFC 9110 §7.2, RFC 3986 §3.2, URL Standard §3.5.
 *
 * @example
 * ```ts
 * import { normalizeAuthority } from '@tsgi/core/gateway'
 *
 * normalizeAuthority('https', 'Example.COM:443') // => 'example.com'
 * normalizeAuthority('http', 'user@example.com') // => undefined
 * ```
 */
export function normalizeAuthority(scheme: 'http' | 'https', value: string): string | undefined {
  const cache = known[scheme]
  const seen = cache.get(value)
  if (seen !== undefined) return seen
  if (value.length > 300 || !PLAIN_AUTHORITY.test(value)) return undefined
  const url = URL.parse(`${scheme}://${value}`)
  if (url === null) return undefined
  if (cache.size >= MAX_KNOWN) cache.clear()
  cache.set(value, url.host)
  return url.host
}
