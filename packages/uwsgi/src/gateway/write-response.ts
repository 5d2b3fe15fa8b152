import { errorResponse } from '@tsgi/core'
import { discardBody, isNullBodyStatus, plainParts, streamBody, streamedParts } from '@tsgi/core/gateway'
import type { UwsgiExchange } from './exchange.ts'
import { headBytes, type ResponseHead, responseHead } from './response-head.ts'

/** Writes a response out. It never throws: what cannot be sent is reported, and answered 500 where that is still possible. */
export function writeResponse(exchange: UwsgiExchange, response: Response): void {
  if (exchange.closed) {
    discardBody(exchange, response)
    return
  }
  try {
    send(exchange, response)
  } catch (error) {
    fail(exchange, error)
  }
}

function send(exchange: UwsgiExchange, response: Response): void {
  const plain = plainParts(response)
  if (plain !== undefined) {
    sendWhole(exchange, responseHead(response, plain.headers, exchange.errors), plain.body)
    return
  }
  const streamed = streamedParts(response)
  if (streamed === undefined && response.bodyUsed)
    throw new TypeError('The body of the response was already read')
  const head = responseHead(response, streamed?.headers ?? response.headers, exchange.errors)
  const isHead = exchange.environ.method === 'HEAD'
  if (isHead) discardBody(exchange, response)
  const body = isHead ? null : (streamed?.body ?? response.body)
  if (body === null) {
    sendWhole(exchange, head, null)
    return
  }
  const { socket, settings } = exchange
  streamBody(exchange, {
    body,
    declared: head.declared,
    outlet: socket,
    begin: () => socket.write(headBytes(head, head.declared)),
    whole: (body) => sendWhole(exchange, head, body),
    stalled: (isStalled) => socket.setTimeout(isStalled ? settings.limits.sendTimeout : 0),
    end: () => exchange.finish(),
    fail: (error) => fail(exchange, error),
  })
}

/** Writes a response whose body is at hand. */
function sendWhole(exchange: UwsgiExchange, head: ResponseHead, body: string | Uint8Array | null): void {
  const { status, declared } = head
  const { socket, environ } = exchange
  const isHead = environ.method === 'HEAD'
  const size = body === null ? 0 : Buffer.byteLength(body)
  // RFC 9110 §8.6: never on 204; on HEAD and 304 it is what the answer to a GET would have had.
  const isSilent = body === null && (isHead || status === 304)
  if (!isSilent && declared !== undefined && declared !== size) {
    throw new TypeError(`The application's Content-Length is ${declared}, but its body has ${size} bytes`)
  }
  const length = status === 204 ? undefined : isSilent ? declared : size
  const content = isHead || isNullBodyStatus(status) ? null : body
  exchange.bytes = content === null ? 0 : size
  socket.cork()
  socket.write(headBytes(head, length))
  if (content !== null) socket.write(content)
  socket.uncork()
  exchange.finish()
}

/** Answers 500 in the place of a response that cannot be sent, or cuts off what was begun. */
function fail(exchange: UwsgiExchange, error: unknown): void {
  if (exchange.closed) return
  exchange.failure = error
  if (exchange.socket.bytesWritten > 0 || exchange.socket.writableLength > 0) {
    exchange.errors.write(error)
    cutOff(exchange)
    return
  }
  // Its head is of this package's making, so that this cannot fail in its turn.
  send(exchange, errorResponse(error, exchange.environ))
}

/**
 * Ends the connection so that the front end sees that the response is not whole. Where no length was declared, an end
 * looks like the body's: only a reset does not, and a unix socket has none.
 */
function cutOff({ socket }: UwsgiExchange): void {
  if (socket.remoteFamily === undefined) socket.destroy()
  else socket.resetAndDestroy()
}
