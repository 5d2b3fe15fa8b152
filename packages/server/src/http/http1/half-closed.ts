import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A connection, and the exchange under way on it. */
interface Busy {
  readonly open: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse } | undefined
}

/**
 * Watches a connection whose client has closed its side. Either it waits for its response or it has left: only sending
 * something shows which. While the response makes no progress, an HTTP/1.1 client is sent `100 Continue`, which it has
 * to ignore (RFC 9110 §15.2) and which a reset answers if the client has disconnected. If nothing can be sent, because the
 * response has begun or the client speaks HTTP/1.0, the client counts as gone after five seconds without progress.
 */
export function watchHalfClosed(socket: Socket, connection: Busy): void {
  if (connection.open === undefined) return
  let written = socket.bytesWritten
  let quiet = 0
  let nextProbe = 1

  const timer = setInterval(() => {
    const { open } = connection
    // `sendTimeout` applies to a client that takes nothing.
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
      // The reset that answers the first one only makes the second one fail.
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
/** Time for a reset to arrive. */
const RESET_MS = 100
/** Intervals. */
const MAX_QUIET = 5
