import type { Socket } from 'node:net'
import { latestExchange } from './connection.ts'

/**
 * Ends connections of HTTP/1.1 on which nothing has come for `keepAliveTimeout` since the last response, and at most a
 * second longer. Node's own way sets a timer with each response and takes it back with each request.
 *
 * @returns what ends the watching.
 */
export function endIdleConnections(connections: ReadonlySet<Socket>, keepAliveTimeout: number): () => void {
  const interval = Math.min(1_000, Math.ceil(keepAliveTimeout / 4))
  const patience = Math.ceil(keepAliveTimeout / interval)
  const known = new WeakMap<Socket, { bytes: number; rounds: number }>()

  function look(socket: Socket): void {
    const bytes = socket.bytesRead
    // Before the first byte, and while a request arrives, other timeouts count.
    if (bytes === 0 || latestExchange(socket) !== undefined) return
    const before = known.get(socket)
    if (before?.bytes !== bytes) known.set(socket, { bytes, rounds: 0 })
    else if (++before.rounds >= patience) socket.destroy()
  }

  const timer = setInterval(() => {
    for (const socket of connections) look(socket)
  }, interval)
  timer.unref()
  return () => clearInterval(timer)
}
