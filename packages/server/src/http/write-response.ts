import { errorResponse, stream } from '@tsgi/core'
import {
  discardBody,
  isNullBodyStatus,
  plainParts,
  type StreamedBody,
  streamBody,
  streamedParts,
} from '@tsgi/core/gateway'
import { boundStall, endStream } from './end-response.ts'
import type { NodeExchange } from './exchange.ts'
import { isWide, type ResponseHead, responseHead, writeHead } from './response-head.ts'
import { checkLength, declaredLength, sendWhole } from './send-whole.ts'

/** Writes a response out. It never throws: what cannot be sent is reported, and answered 500 where that is still possible. */
export function writeResponse(exchange: NodeExchange, response: Response): void {
  if (exchange.closed || exchange.outgoing.destroyed) {
    discardBody(exchange, response)
    return
  }
  try {
    send(exchange, response)
  } catch (error) {
    sendFailure(exchange, error)
  }
}

/** Answers 500 in the place of a response that cannot be sent, or cuts off what was begun. */
function sendFailure(exchange: NodeExchange, error: unknown): void {
  exchange.failure = error
  const { outgoing } = exchange
  if (outgoing.headersSent || outgoing.destroyed || exchange.closed) {
    exchange.errors.write(error)
    cutOff(exchange)
    return
  }
  send(exchange, errorResponse(error, exchange.environ))
}

function send(exchange: NodeExchange, response: Response): void {
  const plain = plainParts(response)
  if (plain !== undefined) {
    const head = responseHead(exchange, response, plain.headers)
    if (isLongText(exchange, head, plain.body)) sendText(exchange, head, plain.body)
    else sendWhole(exchange, head, plain.body)
    return
  }
  const streamed = streamedParts(response)
  if (streamed === undefined && response.bodyUsed)
    throw new TypeError('The body of the response was already read')
  const head = responseHead(exchange, response, streamed?.headers ?? response.headers)
  const declared = declaredLength(head.declared)
  const isHead = exchange.environ.method === 'HEAD'
  if (isHead) discardBody(exchange, response)
  const body = isHead ? null : (streamed?.body ?? response.body)
  if (body === null) sendWhole(exchange, head, null)
  else sendStream(exchange, head, body, declared)
}

/** Whether a body is a text that is encoded piece by piece, as the client takes it. */
function isLongText(exchange: NodeExchange, { status }: ResponseHead, body: unknown): body is string {
  return (
    typeof body === 'string' &&
    body.length > PIECE &&
    exchange.environ.method !== 'HEAD' &&
    !isNullBodyStatus(status)
  )
}

/** Writes a long text without a second copy of it in memory. */
function sendText(exchange: NodeExchange, head: ResponseHead, text: string): void {
  const size = Buffer.byteLength(text)
  checkLength(head.declared, size)
  sendStream(exchange, head, streamedParts(stream(pieces(text)))!.body, size)
}

/** Characters of a text that are encoded at a time. */
const PIECE = 64 * 1024

function* pieces(text: string): Generator<string> {
  let from = 0
  while (from < text.length) {
    let to = from + PIECE
    // Both halves of a surrogate pair are one character in UTF-8.
    if (/[\ud800-\udbff]/.test(text[to - 1] ?? '')) to++
    yield text.slice(from, to)
    from = to
  }
}

/** Writes a response whose body is a stream. */
function sendStream(
  exchange: NodeExchange,
  head: ResponseHead,
  body: StreamedBody['body'],
  declared: number | undefined,
): void {
  const { outgoing, settings } = exchange
  streamBody(exchange, {
    body,
    declared,
    outlet: outgoing,
    begin(isAlone) {
      // What the body is made of may be the request's.
      const isLast = exchange.broken || (exchange.hasLongRest && !exchange.isReading)
      writeHead(exchange, head, declared, isLast)
      if (!isAlone) return
      // By itself Node would write it as UTF-8.
      if (exchange.stream === undefined && isWide(head)) outgoing.write('', 'latin1')
      else outgoing.flushHeaders()
    },
    whole: (body) => sendWhole(exchange, head, body),
    stalled(isStalled) {
      if (isStalled) boundStall(exchange)
      else if (settings.limits.sendTimeout > 0) exchange.carrier.setTimeout(0)
    },
    end: () => endStream(exchange),
    fail: (error) => sendFailure(exchange, error),
  })
}

/** Ends the connection so that the client sees that the response is not whole. */
function cutOff({ incoming, outgoing, stream }: NodeExchange): void {
  if (stream !== undefined) {
    // Only so is its end not sent before: Node resets it with INTERNAL_ERROR.
    stream.destroy(new Error('The response was cut off'))
    return
  }
  const { socket } = incoming
  // A body of HTTP/1.0 may be framed by the connection's end alone: only a reset says that this is not it.
  if (incoming.httpVersionMinor === 0 && socket.remoteFamily !== undefined && !('encrypted' in socket)) {
    socket.resetAndDestroy()
  }
  outgoing.destroy()
}
