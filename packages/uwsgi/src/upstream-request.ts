import { type Environ, HttpError } from '@tsgi/core'
import { encodePacket } from './encode-packet.ts'
import { decodeBytes } from './request-path.ts'
import { isGateways } from './response-head.ts'

/** A request as it is sent to a uwsgi server. */
export interface UpstreamRequest {
  readonly packet: Uint8Array
  /** Bytes of the body. */
  readonly length: number
  readonly body: ReadableStream<Uint8Array> | null
}

/**
 * The packet of a request, and the body that follows it.
 *
 * `SCRIPT_NAME` and `PATH_INFO` are decoded, as CGI has them; `REQUEST_URI` is not. Fields that speak of the client's
 * connection are left out, and `Proxy`, and names with an underscore, which a CGI program cannot tell from a hyphen.
 *
 * Source: RFC 3875 §4.1; RFC 9110 §7.6.1.
 *
 * @throws HttpError 411 where the body's length is unknown, which uwsgi cannot carry; 431 where the packet would be
 *   too large.
 */
export function upstreamRequest(environ: Environ): UpstreamRequest {
  const { method, scheme, scriptName, pathInfo, queryString, protocol, headers } = environ
  // Made only where there may be one: `request` costs more than all the rest.
  const body = method === 'GET' || method === 'HEAD' ? null : environ.request.body
  const length = body === null ? 0 : declaredLength(headers)
  const { hostname, port } = new URL(`${scheme}://${environ.host}`)
  const variables = [
    ...['REQUEST_METHOD', method],
    ...['REQUEST_URI', `${scriptName}${pathInfo}${queryString === '' ? '' : `?${queryString}`}`],
    ...['SCRIPT_NAME', decodeBytes(scriptName)],
    ...['PATH_INFO', decodeBytes(pathInfo)],
    ...['QUERY_STRING', queryString],
    ...['CONTENT_TYPE', headers.get('content-type') ?? ''],
    ...['CONTENT_LENGTH', body === null ? '' : String(length)],
    ...['SERVER_PROTOCOL', protocol],
    ...['REQUEST_SCHEME', scheme],
    ...(scheme === 'https' ? ['HTTPS', 'on'] : []),
    ...['SERVER_NAME', hostname.replace(/^\[|\]$/g, '')],
    ...['SERVER_PORT', port !== '' ? port : scheme === 'https' ? '443' : '80'],
    ...['REMOTE_ADDR', environ.remoteAddress],
    ...['HTTP_HOST', environ.host],
  ]
  const dropped = new Set(
    (headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase()),
  )
  for (const [name, value] of headers) {
    if (OWN.has(name) || isGateways(name) || dropped.has(name) || name.includes('_')) continue
    variables.push(`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value)
  }
  try {
    return { packet: encodePacket(variables), length, body }
  } catch (error) {
    if (error instanceof RangeError) throw new HttpError(431, 'The header is too large.', { cause: error })
    throw error
  }
}

/** Sent under names of their own, or not at all. */
const OWN: ReadonlySet<string> = new Set(['content-length', 'content-type', 'host', 'proxy'])

function declaredLength(headers: Headers): number {
  const length = headers.get('content-length')
  if (length === null)
    throw new HttpError(411, 'The application behind this server takes no body of unknown length.')
  if (!/^\d{1,15}$/.test(length)) throw new HttpError(400, 'Content-Length is not a number of bytes.')
  return Number(length)
}
