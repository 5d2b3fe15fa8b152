import { errorResponse, HttpError } from '@tsgi/core'
import type { UwsgiExchange } from './exchange.ts'
import { discard, writeResponse } from './write-response.ts'

/**
 * Writes the application's response, or answers 503 in its place where it takes longer than `requestTimeout`: then the
 * request's signal aborts, and the response that comes later is dropped.
 */
export function writeInTime(exchange: UwsgiExchange, response: Promise<Response>): void {
  const { requestTimeout } = exchange.settings.limits
  const timer = setTimeout(() => {
    // The client may have left: nobody waits for it then.
    if (exchange.closed) return
    const { method, scriptName, pathInfo } = exchange.environ
    const reason = new DOMException(
      `${method} ${scriptName}${pathInfo}: the application had not answered after ${requestTimeout} ms`,
      'TimeoutError',
    )
    exchange.giveUp(reason)
    const error = new HttpError(503, 'The application took too long to answer.', { cause: reason })
    writeResponse(exchange, errorResponse(error, exchange.environ))
  }, requestTimeout)
  response.then((response) => {
    clearTimeout(timer)
    if (exchange.givenUp) discard(exchange, response)
    else writeResponse(exchange, response)
  })
}
