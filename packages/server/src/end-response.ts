import { HttpError } from '@tsgi/core'
import type { NodeExchange } from './exchange.ts'

/** Ends a response, with the rest of its body, and sees to what is left of the request. */
export function endResponse(exchange: NodeExchange, content: string | Uint8Array | null): void {
  const { outgoing } = exchange
  if (exchange.hasLongRest && !exchange.broken) {
    // Closing now would reset the connection under a client that is still sending, and its answer with it.
    if (content === null) outgoing.flushHeaders()
    else outgoing.write(content)
    discardRest(exchange, () => outgoing.end())
    return
  }
  if (content === null) outgoing.end()
  else outgoing.end(content)
  if (outgoing.writableLength > 0) boundStall(exchange)
  if (exchange.hasRest && !exchange.broken) discardRest(exchange, () => {})
}

/** Ends a response whose body was streamed. */
export function endStream(exchange: NodeExchange): void {
  const { incoming, outgoing } = exchange
  outgoing.end()
  if (outgoing.writableLength > 0) boundStall(exchange)
  if (!exchange.hasRest || exchange.broken) return
  discardRest(exchange, () => {
    if (!incoming.complete) incoming.socket.destroy()
  })
}

/** Ends the connection if the client takes nothing for too long. */
export function boundStall({ incoming, outgoing, settings }: NodeExchange): void {
  // A response that waits for one before it is stalled by the server, not by the client.
  if (outgoing.socket !== null) incoming.socket.setTimeout(settings.limits.sendTimeout)
}

/** What is read of a request after its response, in bytes and milliseconds, before its connection is ended. */
const DISCARD_BYTES = 16 * 1024 * 1024
const DISCARD_MS = 5_000

/** Reads the rest of a request without keeping it; calls `done` at its end, or when that is too far. */
function discardRest(exchange: NodeExchange, done: () => void): void {
  const { incoming } = exchange
  exchange.stopReading(new HttpError(400, 'The response ended before the request was read.'))
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
