import type { Socket } from 'node:net'
import type { Deadlines, Waiting } from './deadlines.ts'

/**
 * Ends a connection once everything written has been sent. Reads and drops what the client still sends for a while, because
 * closing immediately would reset the connection of a client that is sending, and lose its response (RFC 9112 §9.6).
 */
export function linger(socket: Socket, deadlines: Deadlines): void {
  const waiting: Waiting = { deadline: Number.POSITIVE_INFINITY, late: () => socket.destroy() }
  // The time for the client to read the response is limited elsewhere.
  socket.end(() => {
    waiting.deadline = deadlines.after(LINGER_MS)
  })
  if (socket.readableEnded) return
  deadlines.add(waiting)
  let room = LINGER_BYTES
  socket.on('data', (chunk: Buffer) => {
    room -= chunk.length
    if (room < 0) socket.destroy()
  })
  socket.on('close', () => deadlines.remove(waiting))
  socket.resume()
}

const LINGER_MS = 5_000
const LINGER_BYTES = 16 * 1024 * 1024
