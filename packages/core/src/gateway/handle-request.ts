import { BodySource } from '../body/body-source.ts'
import type { Application } from '../contract/application.ts'
import { errorResponse } from '../response/error-response.ts'
import { handle } from '../response/handle.ts'
import { HttpError } from '../response/http-error.ts'
import { reportBody } from '../response/report.ts'
import { discardBody } from './discard-body.ts'
import { Pump } from './pump.ts'
import { planFor } from './response-plan.ts'
import type { WritingExchange } from './response-writer.ts'

/**
 * Handles a request: calls the observers and the application, then plans and writes the response. Never throws. If a
 * response cannot be sent, reports the error, and responds with status 500 if nothing has been written yet.
 *
 * If the application takes longer than `requestTimeout`, aborts the request's signal, responds with 503, and drops the
 * application's own response.
 *
 * If the gateway has a `LoadShedder` that rejects the request, responds with 503 without calling the application.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { handleRequest, BaseExchange, createEnviron, exchangeSettings, type ResponsePlan } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const app = () => text('Hello world')
 * const settings = exchangeSettings('loopback', app)
 * const written: unknown[] = []
 *
 * class LoopbackExchange extends BaseExchange {
 *   readonly scheme = 'http'
 *   readonly host = 'localhost'
 *   readonly protocol = 'HTTP/1.1'
 *   readonly remoteAddress = ''
 *   readonly settings = settings
 *   readonly gateway = testEnviron('/').gateway
 *   readonly environ = createEnviron(this, { method: 'GET', pathInfo: '/', queryString: '' })
 *   protected makeHeaders = () => new Headers()
 *   protected openBody = () => null
 *   readonly outlet = { write: (chunk: Uint8Array | string) => written.push(chunk) > 0, on() {}, off() {} }
 *   writeWhole({ status, length }: ResponsePlan, body: string | Uint8Array | null) {
 *     written.push(status, length, body)
 *     this.close(true)
 *   }
 *   writeHead({ status }: ResponsePlan) {
 *     written.push(status)
 *   }
 *   writeEnd() {
 *     this.close(true)
 *   }
 *   stalled() {}
 *   cutOff() {
 *     this.close(false)
 *   }
 * }
 *
 * handleRequest(app, new LoopbackExchange())
 * written // => [200, 11, 'Hello world']
 * ```
 */
export function handleRequest(app: Application, exchange: WritingExchange): void {
  if (exchange.settings.loadShedder?.rejects(exchange.environ.pathInfo)) {
    shed(exchange)
    return
  }
  exchange.begin()
  const response = handle(app, exchange.environ)
  if (!(response instanceof Promise)) {
    respond(exchange, response)
    return
  }
  const { requestTimeout } = exchange.settings.limits
  const timer = requestTimeout > 0 ? setTimeout(expire, requestTimeout, exchange) : undefined
  response.then((response) => {
    clearTimeout(timer)
    respond(exchange, response)
  })
}

/** Responds with 503 instead of calling the application. */
function shed(exchange: WritingExchange): void {
  exchange.isShed = true
  respond(exchange, errorResponse(OVERLOADED, exchange.environ))
}

/** There is only one, because stack traces are expensive. */
const OVERLOADED = /* @__PURE__ */ new HttpError(503, 'The server is overloaded. Try again later.', {
  headers: { 'retry-after': '1' },
  report: false,
})

/** Responds with 503 because the application takes too long. */
function expire(exchange: WritingExchange): void {
  if (exchange.isClosed) return
  const { method, scriptName, pathInfo } = exchange.environ
  const { requestTimeout } = exchange.settings.limits
  const reason = new DOMException(
    `${method} ${scriptName}${pathInfo}: the application did not respond within ${requestTimeout} ms`,
    'TimeoutError',
  )
  exchange.giveUp(reason)
  const error = new HttpError(503, 'The application took too long to respond.', { cause: reason })
  respond(exchange, errorResponse(error, exchange.environ))
}

function respond(exchange: WritingExchange, response: Response): void {
  // The client has disconnected, or the request has timed out.
  if (exchange.state !== 'waiting' || exchange.isClosed) {
    discardBody(exchange, response)
    return
  }
  try {
    send(exchange, response)
  } catch (error) {
    discardBody(exchange, response)
    fail(exchange, error)
  }
}

function send(exchange: WritingExchange, response: Response): void {
  const plan = planFor(exchange, response)
  const { body } = plan
  if (body instanceof BodySource) {
    new Pump(exchange, plan, body, fail)
    return
  }
  if (body === null) discardBody(exchange, response)
  else exchange.bytes = plan.length ?? 0
  exchange.writeWhole(plan, body)
  exchange.startSending()
}

/** Responds with 500 if nothing has been written yet; otherwise cuts the response off. */
function fail(exchange: WritingExchange, error: unknown): void {
  if (exchange.isClosed) return
  exchange.failure = error
  if (exchange.state === 'sending') {
    reportBody(error, exchange.environ)
    exchange.cutOff()
    return
  }
  exchange.bytes = 0
  try {
    send(exchange, errorResponse(error, exchange.environ))
  } catch (failure) {
    // The connection may have ended in the meantime.
    exchange.errors.write(failure)
    exchange.cutOff()
  }
}
