import type { Socket } from 'node:net'
import { probeForReset } from '@tsgi/core/gateway'
import { type Connection, knownConnection } from './connection.ts'
import { requestSize } from './request-size.ts'

/**
 * Looks at HTTP/1.1 connections once a second or more often: ends those that have been idle for `keepAliveTimeout`
 * milliseconds, and those that their clients have reset while Node does not read. Node would set a timer for idle
 * connections with each response and clear it with each request.
 *
 * @returns a function that stops watching.
 */
export function watchConnections(
  connections: ReadonlySet<Socket>,
  {
    keepAliveTimeout,
    headersTimeout,
  }: { readonly keepAliveTimeout: number; readonly headersTimeout: number },
): () => void {
  const interval = Math.min(1_000, Math.ceil(keepAliveTimeout / 4))
  const idleRounds = Math.ceil(keepAliveTimeout / interval)
  // Node responds to a head that does not arrive in time; it does not treat line breaks between requests as a head.
  const arrivingRounds = idleRounds + Math.ceil((headersTimeout + 2_000) / interval)
  const known = new WeakMap<
    Socket,
    { readonly bytes: number; readonly isArriving: boolean; rounds: number }
  >()

  function look(socket: Socket): void {
    const connection = knownConnection(socket)
    if (connection?.open !== undefined && (connection.hasWaiting || !connection.open.incoming.complete)) {
      probeForReset(socket)
    }
    // Other timeouts apply before the first request and during a request.
    if (connection?.bytesAtRest === undefined || connection.open !== undefined) {
      known.delete(socket)
      return
    }
    const { bytesAtRest: bytes } = connection
    const before = known.get(socket)
    if (before?.bytes !== bytes) {
      known.set(socket, { bytes, isArriving: hasReadMore(connection), rounds: 0 })
      return
    }
    const isArriving = before.isArriving || socket.bytesRead !== bytes
    if (++before.rounds >= (isArriving ? arrivingRounds : idleRounds)) socket.destroy()
  }

  const timer = setInterval(() => {
    for (const socket of connections) look(socket)
  }, interval)
  timer.unref()
  return () => clearInterval(timer)
}

/** Returns whether the start of the next request may have arrived together with the latest one. */
function hasReadMore(connection: Connection): boolean {
  const { latest, bytesBefore, bytesAtRest = 0 } = connection
  if (latest === undefined) return true
  // The request is not needed any more.
  connection.latest = undefined
  return requestSize(latest) !== bytesAtRest - bytesBefore
}
