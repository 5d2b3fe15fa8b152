import { type Environ, HttpError } from '@tsgi/core'
import { connectionOptions, isHopByHop } from '@tsgi/core/gateway'
import type { Settings } from './options.ts'

/** The head of a request as it is sent to the upstream server. */
export interface RequestHead {
  readonly method: string
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
}

/**
 * Returns the head of the request for the upstream server.
 *
 * Source: RFC 9110 §7.6.
 *
 * @throws HttpError 400 if the path contains an encoded `..`, 426 for an invalid handshake of a WebSocket, 501 for methods
 *   and upgrades that cannot be forwarded.
 */
export function requestHead(environ: Environ, settings: Settings, length: string | null): RequestHead {
  const { method } = environ
  if (method === 'CONNECT' || method === 'TRACE') throw notImplemented(`The method ${method}`)
  const headers = ['host', settings.preserveHost ? environ.host : settings.url.host]
  if (length !== null) headers.push('content-length', length)
  const listed = connectionOptions(environ.headers.get('connection'))
  for (const [name, value] of environ.headers) {
    if (name === 'upgrade' && environ.upgrade === undefined && /\bwebsocket\b/i.test(value)) {
      throw environ.gateway.webSockets ? invalidHandshake() : notImplemented('Upgrading to WebSocket')
    }
    if (isHopByHop(name) || listed.has(name) || isReplaced(name)) continue
    if (name === 'via' && settings.via !== undefined) continue
    headers.push(name, value)
  }
  headers.push(...viaOf(environ, settings), ...forwardedBy(environ, settings))
  return { method, path: pathOf(environ, settings), headers }
}

/**
 * Fields that the proxy sets itself, that it implements, or that mislead programs. CGI cannot tell an underscore from a
 * hyphen, so a client could otherwise set `X_Forwarded_For`.
 */
function isReplaced(name: string): boolean {
  const plain = name.replaceAll('_', '-')
  return OMITTED.has(plain) || plain.startsWith('x-forwarded-')
}

const OMITTED: ReadonlySet<string> = new Set([
  ...['content-length', 'expect', 'forwarded', 'host', 'http2-settings'],
  ...['proxy', 'proxy-authenticate', 'proxy-authorization', 'x-real-ip'],
])

/** An upstream server that decodes the path before it resolves `..` would leave the base path. */
const ENCODED_PARENT = /(?:\/|\\|%2F|%5C)\.\.(?:\/|\\|;|%2F|%5C|%3B|$)/i

function pathOf({ pathInfo, queryString }: Environ, { basePath }: Settings): string {
  if (ENCODED_PARENT.test(pathInfo)) throw new HttpError(400, 'The path must not contain an encoded "..".')
  const path = `${basePath}${pathInfo}` || '/'
  return queryString === '' ? path : `${path}?${queryString}`
}

function viaOf({ protocol, headers }: Environ, { via }: Settings): string[] {
  if (via === undefined) return []
  const own = `${protocol.replace('HTTP/', '')} ${via}`
  const received = connectionOptions(headers.get('connection')).has('via') ? null : headers.get('via')
  return ['via', received === null ? own : `${received}, ${own}`]
}

function forwardedBy(environ: Environ, { fields }: Settings): string[] {
  const { remoteAddress, host, scheme, scriptName } = environ
  const result: string[] = []
  if (fields.has('x-forwarded')) {
    if (remoteAddress !== '') result.push('x-forwarded-for', remoteAddress)
    result.push('x-forwarded-host', host, 'x-forwarded-proto', scheme)
    if (scriptName !== '') result.push('x-forwarded-prefix', scriptName)
  }
  if (fields.has('forwarded')) {
    // RFC 7239 §6: an IPv6 address has brackets and is quoted.
    const address = remoteAddress.includes(':') ? `"[${remoteAddress}]"` : remoteAddress || 'unknown'
    result.push('forwarded', `for=${address};host="${host}";proto=${scheme}`)
  }
  return result
}

function invalidHandshake(): HttpError {
  const headers = { upgrade: 'websocket', 'sec-websocket-version': '13' }
  return new HttpError(426, 'This is not a valid handshake of a WebSocket.', { headers })
}

function notImplemented(what: string): HttpError {
  return new HttpError(501, `${what} is not supported here.`, { report: false })
}
