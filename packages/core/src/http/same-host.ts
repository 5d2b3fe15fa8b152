/**
 * Reports whether an origin has a host and a port, both without the default port of the origin's scheme. The schemes are not
 * compared: behind a proxy that terminates TLS and is not trusted, `scheme` is `http`.
 *
 * @param host `environ.host`: in lower case, without the default port of the scheme that the gateway sees.
 *
 * @example
 * ```ts
 * import { isSameHost } from '@tsgi/core/http'
 *
 * isSameHost('https://example.com', 'example.com') // => true
 * isSameHost('https://example.com:8443', 'example.com') // => false
 * ```
 */
export function isSameHost(origin: string, host: string): boolean {
  const [, scheme, authority] = /^(https?):\/\/(.+)$/i.exec(origin) ?? []
  if (scheme === undefined) return false
  const defaultPort = scheme.length === 5 ? ':443' : ':80'
  return withoutPort(authority!.toLowerCase(), defaultPort) === withoutPort(host, defaultPort)
}

function withoutPort(authority: string, port: string): string {
  return authority.endsWith(port) ? authority.slice(0, -port.length) : authority
}
