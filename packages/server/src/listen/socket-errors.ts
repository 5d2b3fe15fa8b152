import type { Socket } from 'node:net'

/**
 * Prevents an error on this socket from ending the process. Node sometimes removes its own error listeners, for example
 * after a CONNECT request or at the end of an HTTP/2 session.
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
