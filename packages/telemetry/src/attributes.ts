import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api'
import { type Environ, errorOf, type Finished } from '@tsgi/core'
import { sentStatus } from '@tsgi/core/gateway'
import type { Settings } from './settings.ts'

/** The methods that may be part of a name. A client could send any number of others. */
const METHODS = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY'],
])

/** Returns `http.request.method`. */
export function methodOf({ method }: Environ): string {
  return METHODS.has(method) ? method : '_OTHER'
}

/** Returns the attributes of a span that are known when the request arrives. */
export function requestAttributes(environ: Environ, { requestHeaders, query }: Settings): Attributes {
  const { method, scheme, host, scriptName, pathInfo, queryString, headers } = environ
  const [, address, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? []
  const attributes: Attributes = {
    'http.request.method': methodOf(environ),
    'url.scheme': scheme,
    'url.path': scriptName + pathInfo,
    'server.address': address,
    'server.port': port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port),
    'client.address': environ.remoteAddress,
    'network.protocol.version': environ.protocol.replace(/^.*\//, ''),
    'user_agent.original': headers.get('user-agent') ?? undefined,
  }
  if (attributes['http.request.method'] !== method) attributes['http.request.method_original'] = method
  if (query && queryString !== '') attributes['url.query'] = queryString
  for (const name of requestHeaders) {
    const value = headers.get(name)
    if (value !== null) attributes[`http.request.header.${name}`] = [value]
  }
  return attributes
}

/** Names a span by the route and adds what the response tells. Without a route, the name is the method: a path could be anything. */
export function describeSpan(
  span: Span,
  environ: Environ,
  response: Response,
  { responseHeaders }: Settings,
): void {
  const { route } = environ
  const method = methodOf(environ)
  const name = method === '_OTHER' ? 'HTTP' : method
  span.updateName(route === undefined ? name : `${name} ${route}`)
  span.setAttribute('http.response.status_code', sentStatus(environ, response))
  if (route !== undefined) span.setAttribute('http.route', route)
  for (const header of responseHeaders) {
    const value = response.headers.get(header)
    if (value !== null) span.setAttribute(`http.response.header.${header}`, [value])
  }
}

/** Returns `error.type` of a response; undefined if it is not a failure of the server. */
export function errorTypeOf(response: Response | undefined, { aborted }: Finished): string | undefined {
  if (response === undefined) return aborted ? undefined : 'timeout'
  if (response.status < 500) return undefined
  return nameOf(errorOf(response)) ?? String(response.status)
}

/** Returns the name of an error. Never throws, whatever was thrown. */
function nameOf(thrown: unknown): string | undefined {
  try {
    return thrown instanceof Error && typeof thrown.name === 'string' ? thrown.name : undefined
  } catch {
    return undefined
  }
}

/** Ends the span of a request. */
export function endSpan(span: Span, response: Response | undefined, end: Finished): void {
  const errorType = errorTypeOf(response, end)
  if (errorType !== undefined) {
    span.setAttribute('error.type', errorType)
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  if (response === undefined && !end.aborted) span.setAttribute('http.response.status_code', 503)
  span.setAttribute('http.response.body.size', end.bytes)
  try {
    const error = response && errorOf(response)
    if (errorType !== undefined && error instanceof Error) span.recordException(error)
  } finally {
    span.end()
  }
}
