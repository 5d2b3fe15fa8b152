/** uri-host [ ":" port ] of RFC 9110 §7.2: a registered name, an IPv4 or a bracketed IPv6 address */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::\d{1,5})?$/i

/** Whether the text is an authority without user information, `host` or `host:port`. */
export function isAuthority(text: unknown): boolean {
  return typeof text === 'string' && AUTHORITY.test(text)
}

/**
 * A name as DNS has them (and underscores, which private networks use), an IPv4 address or an IPv6 literal, and a
 * port. RFC 3986 §3.2.2 lets a registered name hold more, quotes and percent-encoded bytes among it, which no host
 * needs and whatever shows the host would have to escape.
 */
const PLAIN_AUTHORITY = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d*)?$/i

/** Hosts seen before, so that a host that every request names is parsed once. Bounded: clients choose the names. */
const known: Readonly<Record<'http' | 'https', Map<string, string>>> = { http: new Map(), https: new Map() }
const MAX_KNOWN = 256

/**
 * The authority that a client names, as the URL Standard writes it: lower case, without the scheme's default port;
 * undefined where it is none that a gateway should take. What `new URL(request.url).host` says is then what
 * `environ.host` says.
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
