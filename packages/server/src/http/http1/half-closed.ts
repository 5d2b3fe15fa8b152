import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A connection and its current exchange. */
interface Busy {
  readonly open: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse } | undefined
}

/**
 * Watches a connection whose client has closed its side. The client either waits for its response or has disconnected,
 * and only sending something shows which. While the response makes no progress, an HTTP/1.1 client is sent
 * `100 Continue`, which it must ignore (RFC 9110 §15.2); a client that has disconnected replies with a reset. If
 * nothing can be sent, because the response has begun or the client uses HTTP/1.0, the connection is closed after five
 * seconds without progress.
 */
export function watchHalfClosed(socket: Socket, connection: Busy): void {
  if (connection.open === undefined) return
  let written = socket.bytesWritten
  let quiet = 0
  let nextProbe = 1

  const timer = setInterval(() => {
    const { open } = connection
    // `sendTimeout` applies to a client that does not read.
    if (open === undefined || socket.bytesWritten !== written || socket.writableLength > 0) {
      written = socket.bytesWritten
      quiet = 0
      return
    }
    quiet++
    const { incoming, outgoing } = open
    if (incoming.httpVersionMinor === 0 || outgoing.headersSent) {
      if (quiet >= MAX_QUIET) socket.destroy()
    } else if (quiet >= nextProbe) {
      probe(outgoing)
      // If the client replies to the first one with a reset, the second one fails.
      setTimeout(() => {
        probe(outgoing)
        written = socket.bytesWritten
      }, RESET_MS)
      nextProbe *= 4
    }
  }, INTERVAL_MS)
  socket.on('close', () => clearInterval(timer))
}

function probe(outgoing: ServerResponse): void {
  if (!outgoing.headersSent && !outgoing.destroyed) outgoing.writeContinue()
}

const INTERVAL_MS = 1_000
/** Milliseconds for a reset to arrive. */
const RESET_MS = 100
/** Number of intervals without progress. */
const MAX_QUIET = 5
