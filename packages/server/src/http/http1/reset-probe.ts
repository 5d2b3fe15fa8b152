import type { Socket } from 'node:net'

/**
 * Destroys a connection that the client has reset. Node notices a reset only when it reads or writes, and it does not read
 * while requests wait or the application leaves a body unread. A write of no bytes sends nothing, but fails after a reset.
 *
 * Over TLS, Node does not pass the failure on.
 */
export function probeForReset(socket: Socket): void {
  if (socket.writable && socket.writableLength === 0 && !('encrypted' in socket)) socket.write('')
}
