import type { Sweep, Waiting } from './sweep.ts'
import type { Transport } from './transport.ts'

/**
 * Ends a connection once what was written is out. What the client still sends is read and dropped for a while: closing
 * at once would reset the connection under a client that is sending, and its answer with it.
 */
export function linger(socket: Transport, sweep: Sweep): void {
  const waiting: Waiting = { deadline: Number.POSITIVE_INFINITY, late: () => socket.destroy() }
  // How long the client may take for what is due to it is not for this to bound.
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
