/**
 * What the author of a gateway needs beside the contract: `@tsgi/core/gateway`.
 *
 * A gateway implements {@link Exchange} over its transport, makes an environ of it, calls {@link answer} and
 * writes what comes back. SPEC.md states its duties.
 */
import type { Application } from './application.ts'
import type { Environ, Finished } from './environ.ts'
import { errorResponse } from './http-error.ts'

export { type PlainParts, plainParts } from '#response'
export { answerInTime, discardBody } from './answer-in-time.ts'
export { normalizeAuthority } from './authority.ts'
export { BaseExchange, type ExchangeSettings } from './base-exchange.ts'
export { type Closing, closeInTime } from './close-in-time.ts'
export { Completion } from './completion.ts'
export { exchangeSettings } from './exchange-settings.ts'
export { isHopByHop } from './hop-by-hop.ts'
export { requestHeaders } from './light-headers.ts'
export {
  type Bounds,
  type ConnectionLimits,
  connectionBounds,
  milliseconds,
  type RequestLimits,
  readLimits,
  requestBounds,
} from './limits.ts'
export { parseTarget, type RequestTarget } from './request-target.ts'
export { isNullBodyStatus, reasonPhrase } from './status.ts'
export { drained, type Outlet, type StreamedBody, streamBody } from './stream-body.ts'

/**
 * The part of an environ that stays the same however the path is divided. One is made per request and shared by
 * every environ derived from the first, so that what it makes on first use is made once.
 */
export type Exchange = Omit<Environ, 'method' | 'scriptName' | 'pathInfo' | 'queryString'>

/** What the request is for. */
export type Target = Pick<Environ, 'method' | 'pathInfo' | 'queryString'> & { readonly scriptName?: string }

const exchangeKey = Symbol('tsgi.exchange')

/** The path is plain data, because mounts change it; the rest is read from the exchange when it is asked for. */
class GatewayEnviron implements Environ {
  readonly method: string
  readonly scriptName: string
  readonly pathInfo: string
  readonly queryString: string
  readonly [exchangeKey]: Exchange

  constructor(exchange: Exchange, target: Target) {
    this.method = target.method
    this.scriptName = target.scriptName ?? ''
    this.pathInfo = target.pathInfo
    this.queryString = target.queryString
    this[exchangeKey] = exchange
  }

  get scheme(): Environ['scheme'] {
    return this[exchangeKey].scheme
  }
  get host(): string {
    return this[exchangeKey].host
  }
  get headers(): Headers {
    return this[exchangeKey].headers
  }
  get protocol(): string {
    return this[exchangeKey].protocol
  }
  get remoteAddress(): string {
    return this[exchangeKey].remoteAddress
  }
  get request(): Request {
    return this[exchangeKey].request
  }
  get signal(): AbortSignal {
    return this[exchangeKey].signal
  }
  get waitUntil(): Environ['waitUntil'] {
    return this[exchangeKey].waitUntil
  }
  get finished(): Promise<Finished> {
    return this[exchangeKey].finished
  }
  get errors(): Environ['errors'] {
    return this[exchangeKey].errors
  }
  get gateway(): Environ['gateway'] {
    return this[exchangeKey].gateway
  }
}

/**
 * Makes the environ of one request. It asks the exchange for nothing until it is asked itself.
 *
 * @example
 * ```ts
 * import { createEnviron } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * // Any environ is an exchange; a gateway has a class of its own, over its transport.
 * const environ = createEnviron(testEnviron('/'), { method: 'GET', pathInfo: '/users', queryString: 'page=2' })
 * environ.pathInfo // => '/users'
 * environ.host // => 'localhost'
 * ```
 */
export function createEnviron(exchange: Exchange, target: Target): Environ {
  return new GatewayEnviron(exchange, target)
}

/**
 * Calls the application and returns its response; whatever it throws is answered by {@link errorResponse}. It
 * neither throws nor rejects, and returns at once where the application does.
 *
 * It is what a gateway calls. As the innermost middleware, `(app) => (environ) => answer(app, environ)`, it has the
 * middleware around it see the 500 as well, and add to it what it adds to every response.
 *
 * @example
 * ```ts
 * import { HttpError, text } from '@tsgi/core'
 * import { answer } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const found = await answer(() => text('Hello'), testEnviron('/'))
 * await found.text() // => 'Hello'
 * const missing = await answer(() => Promise.reject(new HttpError(404)), testEnviron('/'))
 * missing.status // => 404
 * ```
 */
export function answer<E extends object>(
  app: Application<E>,
  environ: Environ & E,
): Response | Promise<Response> {
  try {
    const response = app(environ)
    return response instanceof Promise
      ? response.then(
          (response) => checked(response, environ),
          (error) => errorResponse(error, environ),
        )
      : checked(response, environ)
  } catch (error) {
    return errorResponse(error, environ)
  }
}

function checked(response: unknown, environ: Environ): Response {
  if (response instanceof Response) return response
  const got = response === null ? 'null' : Array.isArray(response) ? 'an array' : typeof response
  return errorResponse(new TypeError(`The application returned ${got}, not a Response`), environ)
}

/**
 * The log that gateways use unless they are given another: errors whole, on standard error.
 *
 * @example
 * ```ts
 * import { consoleErrors } from '@tsgi/core/gateway'
 *
 * const settings: { errors?: typeof consoleErrors } = {}
 * const errors = settings.errors ?? consoleErrors
 * typeof errors.write // => 'function'
 * ```
 */
export const consoleErrors: Environ['errors'] = {
  write(problem) {
    console.error(problem)
  },
}
