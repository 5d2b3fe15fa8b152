import { errorResponse } from '@tsgi/core'
import { plainParts } from '@tsgi/core/gateway'
import type { NodeExchange } from './exchange.ts'
import { responseHead } from './response-head.ts'
import { declaredLength, sendWhole } from './send-whole.ts'
import { streamBody } from './stream-body.ts'

/** Writes a response out. It never throws: what cannot be sent is reported, and answered 500 where that is still possible. */
export function writeResponse(exchange: NodeExchange, response: Response): void {
  if (exchange.closed || exchange.outgoing.destroyed) {
    discard(exchange, response)
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
    sendWhole(exchange, responseHead(exchange, response, plain.headers), plain.body)
    return
  }
  if (response.bodyUsed) throw new TypeError('The body of the response was already read')
  const { body } = response
  const head = responseHead(exchange, response, response.headers)
  const declared = declaredLength(head.declared)
  if (body === null) {
    sendWhole(exchange, head, null)
  } else if (exchange.environ.method === 'HEAD') {
    discard(exchange, response)
    sendWhole(exchange, head, null)
  } else {
    streamBody(exchange, head, body, declared, (error) => sendFailure(exchange, error))
  }
}

/** Tells the source of a body that nobody will read it. */
export function discard(exchange: NodeExchange, response: Response): void {
  if (plainParts(response) !== undefined || response.body === null || response.body.locked) return
  response.body.cancel(exchange.failure).catch((error: unknown) => exchange.errors.write(error))
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
