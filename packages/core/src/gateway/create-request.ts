import type { Exchange } from './gateway-environ.ts'
import type { ObservedExchange } from './observer.ts'

/** Creates the `Request` of an exchange. Calls `openBody` if the method allows a body. */
export function createRequest(
  {
    environ,
    scheme,
    host,
    headers,
    signal,
  }: Pick<Exchange, 'scheme' | 'host' | 'headers' | 'signal'> & Pick<ObservedExchange, 'environ'>,
  openBody: () => BodyInit | null,
): Request {
  const { method, scriptName, pathInfo, queryString } = environ
  const query = queryString === '' ? '' : `?${queryString}`
  const body = allowsBody(method) ? openBody() : null
  // The types of `RequestInit` lack `duplex`, which the standard requires for a stream.
  const init = { method, headers, body, signal, duplex: 'half' } as RequestInit
  return new Request(`${scheme}://${host}${scriptName}${pathInfo}${query}`, init)
}

/** The Fetch standard does not allow GET and HEAD to have a body; RFC 9110 §9.3.1 gives it no meaning. */
export function allowsBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD'
}
