import type { Socket } from 'node:net'

/**
 * Keeps an error of this socket from ending the process. Node removes its own listeners at some points, such as a
 * CONNECT or the end of an HTTP/2 session.
 *
 * @example
 * ```ts
 * import { Socket } from 'node:net'
 * import { ignoreSocketErrors } from '@tsgi/server/listen'
 *
 * const socket = new Socket()
 * ignoreSocketErrors(socket)
 * socket.emit('error', new Error('read ECONNRESET')) // => true
 * ```
 */
export function ignoreSocketErrors(socket: Socket): void {
  socket.on('error', () => {})
}
