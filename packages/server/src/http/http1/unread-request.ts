import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { HttpError } from '@tsgi/core'

/** An exchange whose request is discarded. */
interface Discarded {
  readonly incoming: IncomingMessage
  onBroken: (() => void) | undefined
  stopReading(error: HttpError): void
}

/** Maximum bytes and milliseconds spent on reading a request after its response, before the connection is closed. */
const DISCARD_BYTES = 16 * 1024 * 1024
const DISCARD_MS = 5_000

/** Reads and discards the rest of a request. Calls `done` at its end, or when a limit is reached. */
export function discardRest(exchange: Discarded, done: () => void): void {
  const { incoming } = exchange
  exchange.stopReading(restUnread())
  let room = DISCARD_BYTES
  const stop = () => {
    clearTimeout(timer)
    exchange.onBroken = undefined
    incoming.off('data', count)
    incoming.off('end', stop)
    incoming.off('close', stop)
    done()
  }
  const count = (chunk: Buffer) => {
    room -= chunk.byteLength
    if (room < 0) stop()
  }
  const timer = setTimeout(stop, DISCARD_MS)
  incoming.on('data', count)
  exchange.onBroken = stop
  incoming.on('end', stop)
  incoming.on('close', stop)
  incoming.resume()
}

/** The error for an application that reads the request after its response. */
export function restUnread(): HttpError {
  return new HttpError(400, 'The response ended before the request was read.')
}

/**
 * Stops reading. Node's HTTP server stops on the event, which the method emits only if the socket is flowing. Calling
 * `resume` before it would emit `resume` later, and start to read again.
 */
export function pause(socket: Socket): void {
  socket.pause()
  socket.emit('pause')
}
