/** What a request came by. */
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { plainAddress } from '../proxies/trust-proxy.ts'

/** The stream of a request over HTTP/2. */
export function streamOf(incoming: IncomingMessage): ServerHttp2Stream | undefined {
  return incoming.httpVersionMajor === 2 ? (incoming as unknown as Http2ServerRequest).stream : undefined
}

/** The socket of a request, under its stream too. */
export function socketOf(incoming: IncomingMessage): Socket {
  return streamOf(incoming)?.session?.socket ?? incoming.socket
}

const peer = Symbol('tsgi.peer')

interface Known {
  [peer]?: string
}

/** Says whose connection this is, where that is not who made it. */
export function setPeer(socket: Socket, address: string): void {
  ;(socket as Known)[peer] = address
}

/** The address at the other end of a request's connection; `''` where it has none. Asked once a connection. */
export function peerOf(incoming: IncomingMessage): string {
  const socket = socketOf(incoming)
  const bare = (('encrypted' in socket && rawSocket(socket as TLSSocket)) || socket) as Known
  bare[peer] ??= plainAddress(socket.remoteAddress ?? '')
  return bare[peer]
}

/** The protocol of a request, as `environ.protocol` has it. */
export function protocolOf(incoming: IncomingMessage): string {
  return streamOf(incoming) === undefined ? `HTTP/${incoming.httpVersion}` : 'HTTP/2'
}

/** The socket under TLS; Node has no public name for it. */
export function rawSocket(socket: TLSSocket): Socket | undefined {
  return (socket as TLSSocket & { readonly _parent?: Socket })._parent
}
