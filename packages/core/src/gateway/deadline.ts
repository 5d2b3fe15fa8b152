import type { Application } from '../contract/application.ts'
import { errorResponse } from '../response/error-response.ts'
import { handle } from '../response/handle.ts'
import { HttpError } from '../response/http-error.ts'
import { plainParts } from '../response/light/response-parts.ts'
import type { BaseExchange } from './base-exchange.ts'

/**
 * Has the application answer a request, and its response written; answers 503 in its place where it takes longer than
 * `requestTimeout` to return one: then the request's signal aborts, and the response that comes later is dropped.
 *
 * @param requestTimeout Milliseconds; 0 for no bound.
 * @param write Writes a response out. It may not throw.
 *
 * @example
 * ```ts
 * import { answerInTime, BaseExchange, createEnviron, specVersion } from '@tsgi/core/gateway'
 *
 * class LoopbackExchange extends BaseExchange {
 *   readonly scheme = 'http'
 *   readonly host = 'localhost'
 *   readonly protocol = 'HTTP/1.1'
 *   readonly remoteAddress = ''
 *   readonly settings = { errors: { write() {} }, tasks: new Set<Promise<unknown>>(), stopping: new AbortController() }
 *   readonly gateway = {
 *     name: 'loopback',
 *     version: '1',
 *     specVersion,
 *     multiprocess: false,
 *     stopping: this.settings.stopping.signal,
 *     native: null,
 *   }
 *   readonly environ = createEnviron(this, { method: 'GET', pathInfo: '/', queryString: '' })
 *   protected readonly wasSent = true
 *   protected makeHeaders = () => new Headers()
 *   protected openBody = () => null
 * }
 *
 * const app = () => new Promise<Response>(() => {})
 * const exchange = new LoopbackExchange()
 * const written = await new Promise<Response>((resolve) => {
 *   answerInTime(app, exchange, 5, (_, response) => resolve(response))
 * })
 * written.status // => 503
 * exchange.environ.signal.reason.name // => 'TimeoutError'
 * ```
 */
export function answerInTime<X extends BaseExchange>(
  app: Application,
  exchange: X,
  requestTimeout: number,
  write: (exchange: X, response: Response) => void,
): void {
  const response = handle(app, exchange.environ)
  if (!(response instanceof Promise)) write(exchange, response)
  else if (requestTimeout > 0) writeInTime(exchange, response, requestTimeout, write)
  else response.then((response) => write(exchange, response))
}

function writeInTime<X extends BaseExchange>(
  exchange: X,
  response: Promise<Response>,
  requestTimeout: number,
  write: (exchange: X, response: Response) => void,
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
    if (exchange.givenUp) discardBody(exchange, response)
    else write(exchange, response)
  })
}

/**
 * Tells the source of a response's body that nobody will read it.
 *
 * @example
 * ```ts
 * import { testEnviron } from '@tsgi/core/testing'
 * import { discardBody } from '@tsgi/core/gateway'
 *
 * let cancelled = false
 * const body = new ReadableStream({
 *   cancel() {
 *     cancelled = true
 *   },
 * })
 * discardBody(testEnviron('/'), new Response(body))
 * cancelled // => true
 * ```
 */
export function discardBody(
  { errors, failure }: Pick<BaseExchange, 'errors'> & Partial<Pick<BaseExchange, 'failure'>>,
  response: Response,
): void {
  if (plainParts(response) !== undefined || response.body === null || response.body.locked) return
  response.body.cancel(failure).catch((error: unknown) => errors.write(error))
}
