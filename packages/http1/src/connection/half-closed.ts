import type { Socket } from 'node:net'
import type { Output } from './output.ts'
import type { Turn } from './turn.ts'

/** A connection and its current request. */
interface Busy {
  readonly socket: Socket
  readonly output: Output
  readonly turn: Turn | undefined
}

/**
 * Watches a connection whose client has closed its side. The client either waits for its response or has disconnected,
 * and TCP shows which only when something is sent: a client that has disconnected replies with a reset. While the response
 * makes no progress, an HTTP/1.1 client is sent `100 Continue`, which it must ignore (RFC 9110 §15.2). If nothing can be
 * sent, because the response has begun or the client uses HTTP/1.0, the connection is closed after five seconds without
 * progress.
 */
export function watchHalfClosed(connection: Busy): void {
  const { socket, output } = connection
  let written = socket.bytesWritten
  let quiet = 0
  let nextInterim = FIRST_INTERIM_MS

  const timer = setInterval(() => {
    const { turn } = connection
    probeForReset(socket)
    // `sendTimeout` applies to a client that does not read.
    if (turn === undefined || socket.bytesWritten !== written || socket.writableLength > 0) {
      written = socket.bytesWritten
      quiet = 0
      return
    }
    quiet += INTERVAL_MS
    if (!turn.allowsInterim || turn.hasBegun) {
      if (quiet >= MAX_QUIET_MS) socket.destroy()
    } else if (quiet >= nextInterim) {
      output.interim()
      written = socket.bytesWritten
      nextInterim *= 4
    }
  }, INTERVAL_MS)
  socket.on('close', () => clearInterval(timer))
}

/**
 * Destroys a connection that the client has reset. Node notices a reset only when it reads or writes, and a connection is not
 * read while bytes wait. A write of no bytes sends nothing, but fails after a reset.
 *
 * Over TLS, Node does not pass the failure on.
 */
export function probeForReset(socket: Socket): void {
  if (socket.writable && socket.writableLength === 0 && !('encrypted' in socket)) socket.write('')
}

const INTERVAL_MS = 100
/** Milliseconds without progress before the first interim response; four times as many before each further one. */
const FIRST_INTERIM_MS = 200
/** Milliseconds without progress before the connection is closed. */
const MAX_QUIET_MS = 5_000
