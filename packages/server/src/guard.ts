import type { Socket } from 'node:net'

/**
 * Keeps an error of this socket from ending the process. Node removes its own listeners at some points, such as a
 * CONNECT or the end of an HTTP/2 session.
 */
export function guard(socket: Socket): void {
  socket.on('error', () => {})
}
