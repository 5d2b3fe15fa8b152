/** The address at the other end of a connection. */
import { isIP, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

const peer = Symbol('tsgi.peer')
const headerLength = Symbol('tsgi.headerLength')

interface Known {
  [peer]?: string
  [headerLength]?: number
}

/** Records the PROXY header of a connection from a load balancer, and the address of the client if it is known. */
export function setProxied(socket: Socket, length: number, address: string | undefined): void {
  const known = socket as Known
  known[headerLength] = length
  if (address !== undefined) known[peer] = address
}

/** Returns whether the client has sent anything. */
export function hasSent(socket: Socket): boolean {
  return socket.bytesRead > ((socket as Known)[headerLength] ?? 0)
}

/** Returns the address at the other end of a connection; `''` if it has none. It is read once per connection. */
export function peerOf(socket: Socket): string {
  const bare = (('encrypted' in socket && rawSocket(socket as TLSSocket)) || socket) as Known
  bare[peer] ??= plainAddress(socket.remoteAddress ?? '')
  return bare[peer]
}

/** The socket under TLS, which Node has no public name for. */
export function rawSocket(socket: TLSSocket): Socket | undefined {
  return (socket as TLSSocket & { readonly _parent?: Socket })._parent
}

/** Removes the IPv6 prefix that dual-stack sockets add to IPv4 addresses (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}
