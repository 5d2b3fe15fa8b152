import type { Sweep, Waiting } from './sweep.ts'
import type { Transport } from './transport.ts'

/**
 * Ends a connection once everything written has been sent. Reads and drops what the client still sends for a while, because
 * closing immediately would reset the connection of a client that is sending, and lose its response.
 */
export function linger(socket: Transport, sweep: Sweep): void {
  const waiting: Waiting = { deadline: Number.POSITIVE_INFINITY, late: () => socket.destroy() }
  // The time for the client to read the response is limited elsewhere.
  socket.end(() => {
    waiting.deadline = sweep.after(LINGER_MS)
  })
  if (socket.readableEnded) return
  sweep.add(waiting)
  let room = LINGER_BYTES
  socket.on('data', (chunk: Buffer) => {
    room -= chunk.length
    if (room < 0) socket.destroy()
  })
  socket.on('close', () => sweep.remove(waiting))
  socket.resume()
}

const LINGER_MS = 5_000
const LINGER_BYTES = 16 * 1024 * 1024
