import type { Socket } from 'node:net'
import { knownConnection } from './connection.ts'

/**
 * Ends HTTP/1.1 connections that have been idle for `keepAliveTimeout` milliseconds, at most a second late. Node
 * would set a timer with each response and clear it with each request.
 *
 * @returns a function that stops watching.
 */
export function endIdleConnections(
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
  const known = new WeakMap<Socket, { bytes: number; rounds: number }>()

  function look(socket: Socket): void {
    const connection = knownConnection(socket)
    // Other timeouts apply before the first request and during a request.
    if (connection?.bytesAtRest === undefined || connection.open !== undefined) {
      known.delete(socket)
      return
    }
    const { bytesAtRest } = connection
    const before = known.get(socket)
    if (before?.bytes !== bytesAtRest) known.set(socket, { bytes: bytesAtRest, rounds: 0 })
    else if (++before.rounds >= (socket.bytesRead === bytesAtRest ? idleRounds : arrivingRounds))
      socket.destroy()
  }

  const timer = setInterval(() => {
    for (const socket of connections) look(socket)
  }, interval)
  timer.unref()
  return () => clearInterval(timer)
}
