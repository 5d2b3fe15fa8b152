/** What a request came by. */
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { plainAddress } from './trust-proxy.ts'

/** The stream of a request over HTTP/2. */
export function streamOf(incoming: IncomingMessage): ServerHttp2Stream | undefined {
  return incoming.httpVersionMajor === 2 ? (incoming as unknown as Http2ServerRequest).stream : undefined
}

/** The socket of a request, under its stream too. */
export function socketOf(incoming: IncomingMessage): Socket {
  return streamOf(incoming)?.session?.socket ?? incoming.socket
}

/** The address at the other end of a request's connection; `''` where it has none. */
export function peerOf(incoming: IncomingMessage): string {
  return plainAddress(socketOf(incoming).remoteAddress ?? '')
}

/** The protocol of a request, as `environ.protocol` has it. */
export function protocolOf(incoming: IncomingMessage): string {
  return streamOf(incoming) === undefined ? `HTTP/${incoming.httpVersion}` : 'HTTP/2'
}

/** The socket under TLS; Node has no public name for it. */
export function rawSocket(socket: TLSSocket): Socket {
  return (socket as TLSSocket & { readonly _parent: Socket })._parent
}
