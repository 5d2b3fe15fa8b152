import { type IncomingMessage, METHODS } from 'node:http'
import { HttpError } from '@tsgi/core'
import {
  normalizeAuthority,
  parseTarget,
  type RequestLimits,
  type RequestTarget,
  trimTrailingSlashes,
} from '@tsgi/core/gateway'
import type { Limits } from '@tsgi/core/options'
import { plainAddress } from '../proxies/peer.ts'
import type { ClientView } from '../proxies/trust-proxy.ts'
import { authorityField, countFields } from './request-fields.ts'

/** The target of a request. */
export interface Location {
  readonly method: string
  readonly host: string
  readonly scriptName: string
  readonly pathInfo: string
  readonly queryString: string
}

/** The parts of a request that determine its location. */
export interface LocatedRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersionMinor: number
  readonly socket: { readonly localAddress?: string | undefined; readonly localPort?: number | undefined }
}

/** The fields that determine how a request is read. */
export interface Framing {
  readonly host: string | undefined
  /** `Content-Length` */
  readonly length: number | undefined
  /** `Transfer-Encoding` */
  readonly coding: string | undefined
}

/**
 * Checks the parts of a head that Node's parser does not check.
 *
 * @throws HttpError if the request is rejected.
 */
export function readHead(incoming: IncomingMessage, limits: Limits<RequestLimits>): Framing {
  const { httpVersionMajor, httpVersionMinor, method, rawHeaders, url = '' } = incoming
  const isHttp1 = httpVersionMajor === 1
  // A request line can claim to be HTTP/2.
  if (!isHttp1 && !('stream' in incoming)) throw new HttpError(505)
  if (url.length > limits.maxUrlLength) {
    throw new HttpError(414, `The request target is longer than ${limits.maxUrlLength} characters.`)
  }
  if ((isHttp1 ? rawHeaders.length / 2 : countFields(incoming)) > limits.maxHeadersCount) {
    throw new HttpError(431, `The request has more than ${limits.maxHeadersCount} header fields.`)
  }
  if (isHttp1 && !METHODS_OF_HTTP.has(method!)) throw new HttpError(400, 'The method is unknown.')
  // `Request` does not accept these two (Fetch standard, "forbidden method").
  if (method === 'CONNECT' || method === 'TRACE') {
    throw new HttpError(501, `${method} is not supported.`)
  }
  const framing = isHttp1 ? framing1(incoming) : framing2(incoming)
  if (framing.coding !== undefined) checkCoding(framing.coding, httpVersionMinor)
  return framing
}

/** If the protocol is RTSP, Node's parser accepts other methods. */
const METHODS_OF_HTTP: ReadonlySet<string> = new Set(METHODS)

/** Reads the fields in one pass. Node's `headers` would create an object with all fields. */
function framing1({ rawHeaders }: IncomingMessage): Framing {
  let host: string | undefined
  let length: number | undefined
  let coding: string | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    const value = rawHeaders[at + 1]!
    if (name.length === 4 && name.toLowerCase() === 'host') {
      // RFC 9112 §3.2
      if (host !== undefined) throw new HttpError(400, 'The request has more than one Host field.')
      host = value
    } else if (name.length === 14 && name.toLowerCase() === 'content-length') {
      // Node's parser rejects a second field, and any value that is not a number.
      length = Number(value)
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      coding = coding === undefined ? value : `${coding}, ${value}`
    }
  }
  return { host, length, coding }
}

function framing2(incoming: IncomingMessage): Framing {
  const length = incoming.headers['content-length']
  return {
    host: authorityField(incoming),
    length: length === undefined ? undefined : Number(length),
    coding: incoming.headers['transfer-encoding'],
  }
}

function checkCoding(coding: string, httpVersionMinor: number): void {
  // RFC 9112 §6.1: HTTP/1.0 has no transfer codings, so such framing cannot be trusted.
  if (httpVersionMinor === 0) throw new HttpError(400, 'Transfer-Encoding is not part of HTTP/1.0.')
  if (/^chunked$/i.test(coding)) return
  if (/\bchunked$/i.test(coding))
    throw new HttpError(501, 'The only transfer coding that is understood is chunked.')
  throw new HttpError(400, 'The last transfer coding is not chunked.')
}

/**
 * Parses the request target and the Host field.
 *
 * @param rootPath The start of `scriptName`, unless a trusted proxy has sent one.
 * @param view The data that trusted proxies have sent.
 * @throws HttpError 400 if one of them is malformed, 421 if the target is a URL of the other scheme.
 */
export function locate(
  incoming: LocatedRequest,
  field: string | undefined,
  scheme: 'http' | 'https',
  rootPath: string,
  view: Pick<ClientView, 'host' | 'port' | 'prefix'> | undefined,
): Location {
  const { method = 'GET', url = '' } = incoming
  // Connect and Express strip a mount's prefix from `url` and keep the full path in `originalUrl`.
  const original = 'originalUrl' in incoming ? String(incoming.originalUrl) : url
  const target = parseTarget(method, original)
  let host = field === undefined ? defaultHost(incoming, scheme) : normalizeAuthority(scheme, field)
  if (host === undefined) {
    throw new HttpError(
      400,
      field === undefined ? 'The request has no Host field.' : 'The Host field is malformed.',
    )
  }
  if (target.absolute !== undefined) {
    if (target.absolute.scheme !== scheme) throw new HttpError(421, `This is not the server of that URL.`)
    host = normalizeAuthority(scheme, target.absolute.authority)
    if (host === undefined) throw new HttpError(400, 'The authority of the request target is malformed.')
  }
  let root = rootPath
  if (view !== undefined) {
    host = forwardedHost(view, host, scheme)
    if (view.prefix !== '') root = view.prefix
  }
  if (original === url) {
    return { method, host, scriptName: root, pathInfo: target.path, queryString: target.query }
  }
  const { scriptName, ...rest } = divide(target.path, parseTarget(method, url))
  return { method, host, scriptName: root + scriptName, ...rest }
}

/** @throws HttpError 400 if the host that a trusted proxy has sent is malformed. */
function forwardedHost(
  { host: forwarded, port }: Pick<ClientView, 'host' | 'port'>,
  received: string,
  scheme: 'http' | 'https',
): string {
  const host = forwarded === undefined ? received : normalizeAuthority(scheme, forwarded)
  if (host === undefined) throw new HttpError(400, 'The forwarded host is malformed.')
  if (port === undefined || /:\d*$/.test(forwarded ?? received)) return host
  return normalizeAuthority(scheme, `${host}:${port}`) ?? host
}

/** Splits the path at the mount of Connect or Express, which has reduced `whole` to `inner`. */
function divide(whole: string, inner: RequestTarget): Omit<Location, 'method' | 'host'> {
  const queryString = inner.query
  // A request for the bare prefix of a mount has the `url` `/`.
  if (inner.path === '/' && !whole.endsWith('/')) return { scriptName: whole, pathInfo: '', queryString }
  if (!whole.endsWith(inner.path)) return { scriptName: '', pathInfo: inner.path, queryString }
  const scriptName = trimTrailingSlashes(whole.slice(0, whole.length - inner.path.length))
  return { scriptName, pathInfo: whole.slice(scriptName.length), queryString }
}

/** Returns the host of a request without a Host field, which HTTP/1.0 allows. */
function defaultHost(
  { httpVersionMinor, socket }: LocatedRequest,
  scheme: 'http' | 'https',
): string | undefined {
  if (httpVersionMinor > 0) return undefined
  const { localAddress, localPort } = socket
  if (localAddress === undefined) return 'localhost'
  const address = plainAddress(localAddress)
  return normalizeAuthority(scheme, `${address.includes(':') ? `[${address}]` : address}:${localPort}`)
}
