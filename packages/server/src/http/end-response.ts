import { constants, type ServerHttp2Stream } from 'node:http2'
import { HttpError } from '@tsgi/core'
import type { NodeExchange } from './exchange.ts'

/** How the text of a body is written: with the head in one encoding, or as bytes of its own. */
export type Encoding = 'latin1' | 'utf8' | 'separate'

/** Ends a response whose body is at hand, and sees to what is left of the request. */
export function endResponse(
  exchange: NodeExchange,
  content: string | Uint8Array | null,
  encoding: Encoding,
): void {
  const { outgoing } = exchange
  if (exchange.hasLongRest && !exchange.broken) {
    endAfterRest(exchange, content)
    return
  }
  if (content === null) outgoing.end()
  else if (encoding === 'separate') outgoing.end(Buffer.from(content as string))
  else outgoing.end(content, encoding)
  if (outgoing.writableLength > 0) boundStall(exchange)
  if (exchange.stream !== undefined) leaveRest(exchange, exchange.stream)
  else if (exchange.hasRest && !exchange.broken) discardRest(exchange, () => {})
}

/** Closing at once would reset the connection under a client that is still sending, and its answer with it. */
function endAfterRest(exchange: NodeExchange, content: string | Uint8Array | null): void {
  const { outgoing } = exchange
  const sent = () => {
    exchange.sent = true
  }
  if (content === null) {
    outgoing.flushHeaders()
    sent()
  } else {
    outgoing.write(typeof content === 'string' ? Buffer.from(content) : content, sent)
  }
  discardRest(exchange, () => outgoing.end())
}

/** Ends a response whose body was streamed. */
export function endStream(exchange: NodeExchange): void {
  const { incoming, outgoing } = exchange
  outgoing.end()
  if (outgoing.writableLength > 0) boundStall(exchange)
  if (exchange.stream !== undefined) {
    leaveRest(exchange, exchange.stream)
    return
  }
  if (!exchange.hasRest || exchange.broken) return
  discardRest(exchange, () => {
    if (!incoming.complete) incoming.socket.destroy()
  })
}

function leaveRest(exchange: NodeExchange, stream: ServerHttp2Stream): void {
  if (!exchange.hasRest) return
  exchange.stopReading(restUnread())
  closeUnread(stream)
}

/** Asks the client to send no more of a request whose response is complete (RFC 9113 §8.1). */
export function closeUnread(stream: ServerHttp2Stream): void {
  // Node keeps a stream until its data has been read.
  stream.resume()
  stream.close(constants.NGHTTP2_NO_ERROR)
}

/** Ends the connection, or the stream, if the client takes nothing for too long. */
export function boundStall({ carrier, outgoing, settings }: NodeExchange): void {
  // A response that waits for one before it is stalled by the server, not by the client.
  if (outgoing.socket !== null) carrier.setTimeout(settings.limits.sendTimeout)
}

/** What is read of a request after its response, in bytes and milliseconds, before its connection is ended. */
const DISCARD_BYTES = 16 * 1024 * 1024
const DISCARD_MS = 5_000

/** Reads the rest of a request without keeping it; calls `done` at its end, or when that is too far. */
function discardRest(exchange: NodeExchange, done: () => void): void {
  const { incoming } = exchange
  exchange.stopReading(restUnread())
  let room = DISCARD_BYTES
  const stop = () => {
    clearTimeout(timer)
    exchange.connection.rest()
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

function restUnread(): HttpError {
  return new HttpError(400, 'The response ended before the request was read.')
}
