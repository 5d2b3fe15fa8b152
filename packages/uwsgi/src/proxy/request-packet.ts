import { type Environ, HttpError } from '@tsgi/core'
import { connectionOptions, decodePathBytes, isHopByHop } from '@tsgi/core/gateway'
import { encodePacket } from '../packet/encode-packet.ts'

/** A request in the form in which it is sent to a uwsgi server. */
export interface UwsgiRequest {
  readonly packet: Uint8Array
  /** The length of the body in bytes. */
  readonly length: number
  readonly body: ReadableStream<Uint8Array> | null
}

/**
 * Encodes the request of an environ.
 *
 * `SCRIPT_NAME` and `PATH_INFO` are percent-decoded, as CGI requires; `REQUEST_URI` is not. Hop-by-hop headers are left
 * out, and so are `Proxy` and names with an underscore, which CGI cannot tell from a hyphen.
 *
 * Source: RFC 3875 §4.1; RFC 9110 §7.6.1.
 *
 * @throws HttpError 411 if the length of the body is unknown, because uwsgi has no other framing.
 * @throws HttpError 431 if the headers do not fit into a packet.
 */
export function encodeRequest(environ: Environ): UwsgiRequest {
  const { method, scheme, scriptName, pathInfo, queryString, protocol, headers } = environ
  // Only if there is a body: creating `request` costs more than everything else here.
  const body = method === 'GET' || method === 'HEAD' ? null : environ.request.body
  const length = body === null ? 0 : declaredLength(headers)
  const { hostname, port } = new URL(`${scheme}://${environ.host}`)
  const variables = [
    ...['REQUEST_METHOD', method],
    ...['REQUEST_URI', `${scriptName}${pathInfo}${queryString === '' ? '' : `?${queryString}`}`],
    ...['SCRIPT_NAME', decodePathBytes(scriptName)],
    ...['PATH_INFO', decodePathBytes(pathInfo)],
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
  const listed = connectionOptions(headers.get('connection'))
  for (const [name, value] of headers) {
    if (OMITTED.has(name) || isHopByHop(name) || listed.has(name) || name.includes('_')) continue
    variables.push(`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value)
  }
  try {
    return { packet: encodePacket(variables), length, body }
  } catch (error) {
    if (error instanceof RangeError) {
      throw new HttpError(431, 'The request header is too large.', { cause: error })
    }
    throw error
  }
}

/** Headers that have their own variables, and headers that programs mistake for something else. */
const OMITTED: ReadonlySet<string> = new Set(['content-length', 'content-type', 'host', 'proxy', 'status'])

function declaredLength(headers: Headers): number {
  const length = headers.get('content-length')
  if (length === null) {
    throw new HttpError(411, 'The request body needs a Content-Length, because uwsgi has no other framing.')
  }
  if (!/^\d{1,15}$/.test(length)) {
    throw new HttpError(400, 'Content-Length must be a number of at most 15 digits.')
  }
  return Number(length)
}
