import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { probeForReset } from './reset-probe.ts'

/** A connection and its current exchange. */
interface Busy {
  readonly open: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse } | undefined
}

/**
 * Watches a connection whose client has closed its side. The client either waits for its response or has disconnected,
 * and TCP shows which only when something is sent: a client that has disconnected replies with a reset. While the response
 * makes no progress, an HTTP/1.1 client is sent `100 Continue`, which it must ignore (RFC 9110 §15.2). If nothing can be
 * sent, because the response has begun or the client uses HTTP/1.0, the connection is closed after five seconds without
 * progress.
 */
export function watchHalfClosed(socket: Socket, connection: Busy): void {
  if (connection.open === undefined) return
  let written = socket.bytesWritten
  let quiet = 0
  let nextInterim = FIRST_INTERIM_MS

  const timer = setInterval(() => {
    const { open } = connection
    probeForReset(socket)
    // `sendTimeout` applies to a client that does not read.
    if (open === undefined || socket.bytesWritten !== written || socket.writableLength > 0) {
      written = socket.bytesWritten
      quiet = 0
      return
    }
    quiet += INTERVAL_MS
    const { incoming, outgoing } = open
    if (incoming.httpVersionMinor === 0 || outgoing.headersSent) {
      if (quiet >= MAX_QUIET_MS) socket.destroy()
    } else if (quiet >= nextInterim && !outgoing.destroyed) {
      outgoing.writeContinue()
      written = socket.bytesWritten
      nextInterim *= 4
    }
  }, INTERVAL_MS)
  socket.on('close', () => clearInterval(timer))
}

const INTERVAL_MS = 100
/** Milliseconds without progress before the first interim response; four times as many before each further one. */
const FIRST_INTERIM_MS = 200
/** Milliseconds without progress before the connection is closed. */
const MAX_QUIET_MS = 5_000
