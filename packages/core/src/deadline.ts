import type { BaseExchange } from './base-exchange.ts'
import { errorResponse, HttpError } from './http-error.ts'

/** How a gateway keeps its applications to a deadline. */
export interface Deadline<X extends BaseExchange> {
  /** Milliseconds that the application may take to return its response. */
  readonly requestTimeout: number
  readonly write: (exchange: X, response: Response) => void
  /** Tells the source of a response that nobody will read it. */
  readonly discard: (exchange: X, response: Response) => void
}

/**
 * Writes the application's response, or answers 503 in its place where it takes longer than `requestTimeout`: then the
 * request's signal aborts, and the response that comes later is dropped.
 *
 * @param response What `answer` returned: it does not reject.
 *
 * @example
 * ```ts
 * import { BaseExchange, createEnviron, writeInTime } from '@tsgi/core/gateway'
 *
 * class LoopbackExchange extends BaseExchange {
 *   readonly scheme = 'http'
 *   readonly host = 'localhost'
 *   readonly protocol = 'HTTP/1.1'
 *   readonly remoteAddress = ''
 *   readonly gateway = { name: 'loopback', version: '1', multiprocess: false, native: null }
 *   readonly settings = { errors: { write() {} }, tasks: new Set<Promise<unknown>>() }
 *   readonly environ = createEnviron(this, { method: 'GET', pathInfo: '/', queryString: '' })
 *   protected readonly wasSent = true
 *   protected makeHeaders = () => new Headers()
 *   protected openBody = () => null
 * }
 *
 * const never = new Promise<Response>(() => {})
 * const exchange = new LoopbackExchange()
 * const written = await new Promise<Response>((resolve) => {
 *   writeInTime(exchange, never, { requestTimeout: 5, write: (_, response) => resolve(response), discard() {} })
 * })
 * written.status // => 503
 * exchange.environ.signal.reason.name // => 'TimeoutError'
 * ```
 */
export function writeInTime<X extends BaseExchange>(
  exchange: X,
  response: Promise<Response>,
  { requestTimeout, write, discard }: Deadline<X>,
): void {
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
    write(exchange, errorResponse(error, exchange.environ))
  }, requestTimeout)
  response.then((response) => {
    clearTimeout(timer)
    if (exchange.givenUp) discard(exchange, response)
    else write(exchange, response)
  })
}
