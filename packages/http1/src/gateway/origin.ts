import { isIP, type Socket } from 'node:net'
import { HttpError } from '@tsgi/core'
import { normalizeAuthority, parseTarget } from '@tsgi/core/gateway'
import type { RequestHead } from '../parse/request-head.ts'

/** The target of a request, and the client that sent it. */
export interface RequestOrigin {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly scriptName: string
  readonly pathInfo: string
  readonly queryString: string
  readonly remoteAddress: string
  /** Whether a trusted proxy has forwarded the request, so that its `X-Request-Id` is kept. */
  readonly isForwarded: boolean
}

/** Finds out where requests come from. A gateway behind proxies has its own. */
export interface OriginResolver {
  /** Returns the address at the other end of a connection; `''` if it has none. */
  peerOf(socket: Socket): string
  /** @throws HttpError if the target, the Host field or a field of a trusted proxy is malformed. */
  originOf(head: RequestHead, socket: Socket): RequestOrigin
}

/**
 * Reads the request alone: no proxy is trusted.
 *
 * @example
 * ```ts
 * import { Socket } from 'node:net'
 * import { createRequestParser, directOrigin } from '@tsgi/http1'
 *
 * const parser = createRequestParser()
 * parser.push(Buffer.from('GET /a?b=c HTTP/1.1\r\nHost: Example.org:80\r\n\r\n'))
 * const head = parser.next()
 * head?.type === 'head' && directOrigin.originOf(head, new Socket()).host // => 'example.org'
 * ```
 */
export const directOrigin: OriginResolver = {
  peerOf: ({ remoteAddress = '' }) => plainAddress(remoteAddress),

  originOf({ method, target, host: field }, socket) {
    const scheme = 'encrypted' in socket ? 'https' : 'http'
    const { path, query, absolute } = parseTarget(method, target)
    if (absolute !== undefined && absolute.scheme !== scheme) {
      throw new HttpError(421, 'This is not the server of that URL.')
    }
    const own = normalizeAuthority(scheme, field ?? localAuthority(socket))
    if (own === undefined) throw new HttpError(400, 'The Host field is malformed.')
    const host = absolute === undefined ? own : normalizeAuthority(scheme, absolute.authority)
    if (host === undefined) throw new HttpError(400, 'The authority of the request target is malformed.')
    const remoteAddress = directOrigin.peerOf(socket)
    return {
      scheme,
      host,
      scriptName: '',
      pathInfo: path,
      queryString: query,
      remoteAddress,
      isForwarded: false,
    }
  },
}

/** Returns the host of a request without a Host field, which HTTP/1.0 allows. */
function localAuthority({ localAddress, localPort }: Socket): string {
  if (localAddress === undefined) return 'localhost'
  const address = plainAddress(localAddress)
  return `${address.includes(':') ? `[${address}]` : address}:${localPort}`
}

/** Removes the IPv6 prefix that dual-stack sockets add to IPv4 addresses (RFC 4291 §2.5.5.2). */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}
