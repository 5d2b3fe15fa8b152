import { isIP } from 'node:net'
import { HttpError } from '@tsgi/core'
import { isHopByHop, normalizeAuthority } from '@tsgi/core/gateway'
import type { Limits } from '@tsgi/core/options'
import { MODIFIER_MANAGE_PATH_INFO, type UwsgiPacket } from '../packet/packet.ts'
import type { UwsgiLimits } from './limits.ts'
import { requestPath } from './request-path.ts'

/** A request, read from the CGI variables of a packet. */
export interface CgiRequest {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly scriptName: string
  readonly pathInfo: string
  readonly queryString: string
  readonly protocol: string
  readonly remoteAddress: string
  /** Header fields, with names in lower case. A name can occur more than once. */
  readonly fields: readonly [name: string, value: string][]
  readonly contentLength: number
}

/**
 * Reads the variables that nginx, Apache and uWSGI's routers send. If a variable is repeated, the last one counts, as in
 * uWSGI; repeated header fields are all kept.
 *
 * Source: RFC 3875 §4.1; the default parameters of the front ends.
 *
 * @throws HttpError if the request is invalid or over a limit.
 */
export function readRequest(packet: UwsgiPacket, limits: Limits<UwsgiLimits>): CgiRequest {
  const { cgi, fields, hostField, chunked } = splitVariables(packet, limits)
  const method = cgi.get('REQUEST_METHOD') ?? ''
  if (!TOKEN.test(method)) throw new HttpError(400, 'REQUEST_METHOD is not a valid method.')
  // `Request` does not accept these two (Fetch standard, "forbidden method").
  if (method === 'CONNECT' || method === 'TRACE') throw new HttpError(501, `${method} is not supported.`)
  if (chunked && packet.contentLength === undefined) {
    throw new HttpError(411, 'The request body needs a Content-Length, because uwsgi has no other framing.')
  }
  const requestUri = cgi.get('REQUEST_URI') ?? ''
  if (requestUri.length > limits.maxUrlLength) {
    throw new HttpError(414, `The request target is longer than ${limits.maxUrlLength} characters.`)
  }
  const scheme = schemeOf(cgi)
  const { authority, ...path } = requestPath({
    method,
    requestUri,
    scriptName: cgi.get('SCRIPT_NAME') ?? '',
    pathInfo: cgi.get('PATH_INFO') ?? '',
    queryString: cgi.get('QUERY_STRING') ?? '',
    isPathWhole: packet.modifier1 === MODIFIER_MANAGE_PATH_INFO,
  })
  // The authority of an absolute target replaces the Host field (RFC 9112 §3.2.2).
  const host = fields.find(([name]) => name === 'host')
  if (authority !== undefined && host !== undefined) host[1] = authority
  const protocol = cgi.get('SERVER_PROTOCOL') ?? ''
  return {
    method,
    scheme,
    host: hostOf(scheme, authority ?? hostField ?? serverAuthority(cgi)),
    ...path,
    // Apache sends `INCLUDED` for subrequests.
    protocol: /^HTTP\/\d(?:\.\d)?$/.test(protocol) ? protocol : 'HTTP/1.0',
    remoteAddress: plainAddress(cgi.get('REMOTE_ADDR') ?? ''),
    fields,
    contentLength: packet.contentLength ?? 0,
  }
}

/** RFC 9110 §5.6.2 */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/
const FORBIDDEN_IN_VALUE = /[\0\r\n]/

/**
 * Fields that are not passed on: those that have their own variable, and `Proxy`, which programs that read the
 * environment mistake for `HTTP_PROXY` ("httpoxy").
 */
const OMITTED: ReadonlySet<string> = new Set(['content-length', 'content-type', 'host', 'proxy'])

/** Separates the header fields from the other variables. */
function splitVariables({ variables, contentLength }: UwsgiPacket, { maxHeadersCount }: Limits<UwsgiLimits>) {
  const cgi = new Map<string, string>()
  const fields: [string, string][] = []
  const hosts: string[] = []
  let count = 0
  let chunked = false
  for (let at = 0; at < variables.length; at += 2) {
    const name = variables[at]!
    const value = variables[at + 1]!
    if (!name.startsWith('HTTP_')) {
      cgi.set(name, value)
      continue
    }
    if (++count > maxHeadersCount) {
      throw new HttpError(431, `The request has more than ${maxHeadersCount} header fields.`)
    }
    const field = name.slice('HTTP_'.length).toLowerCase().replaceAll('_', '-')
    if (field === 'transfer-encoding') chunked = true
    if (field === 'host' && value !== '') hosts.push(value)
    else if (!OMITTED.has(field) && !isHopByHop(field)) fields.push([field, value])
  }
  const hostField = uniqueHost(hosts)
  if (hostField !== undefined) fields.push(['host', hostField])
  const type = cgi.get('CONTENT_TYPE') ?? ''
  if (type !== '') fields.push(['content-type', type])
  if (contentLength !== undefined) fields.push(['content-length', String(contentLength)])
  for (const [name, value] of fields) {
    if (!TOKEN.test(name)) throw new HttpError(400, 'The name of a header field is malformed.')
    if (FORBIDDEN_IN_VALUE.test(value)) throw new HttpError(400, `The header field '${name}' is malformed.`)
  }
  return { cgi, fields, hostField, chunked }
}

function schemeOf(cgi: ReadonlyMap<string, string>): 'http' | 'https' {
  if (/^(?:on|1)$/i.test(cgi.get('HTTPS') ?? '')) return 'https'
  const scheme = (cgi.get('REQUEST_SCHEME') || 'http').toLowerCase()
  if (scheme !== 'http' && scheme !== 'https') {
    throw new HttpError(400, 'REQUEST_SCHEME must be http or https.')
  }
  return scheme
}

/**
 * A request has only one `Host` (RFC 9112 §3.2), but nginx sends its own, which has lost the port, and then the one
 * from its configuration. Both name the same host; the last one counts.
 */
function uniqueHost(hosts: readonly string[]): string | undefined {
  const names = new Set(hosts.map((host) => host.replace(/:\d*$/, '').toLowerCase()))
  if (names.size > 1) throw new HttpError(400, 'The request has more than one Host field.')
  return hosts.at(-1)
}

function hostOf(scheme: 'http' | 'https', authority: string): string {
  const host = normalizeAuthority(scheme, authority)
  if (host === undefined) throw new HttpError(400, 'The Host field is malformed.')
  return host
}

/** The front end's own name, for requests without a Host field. */
function serverAuthority(cgi: ReadonlyMap<string, string>): string {
  const name = cgi.get('SERVER_NAME') || 'localhost'
  const port = cgi.get('SERVER_PORT') || ''
  const host = isIP(name) === 6 ? `[${name}]` : name
  return port === '' ? host : `${host}:${port}`
}

/** Removes the IPv6 prefix that dual-stack sockets add to IPv4 addresses; `''` if the text is not an address. */
function plainAddress(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(plain) === 0 ? '' : plain
}
