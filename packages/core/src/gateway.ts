/**
 * What the author of a gateway needs beside the contract: `@tsgi/core/gateway`.
 *
 * A gateway implements {@link Exchange} over its transport, makes an environ of it, calls {@link answer} and
 * writes what comes back. SPEC.md states its duties.
 */
import type { Application } from './contract/application.ts'
import type { Environ } from './contract/environ.ts'
import { errorResponse } from './response/http-error.ts'

export type { ChunkSource } from './body/chunk-source.ts'
export { BaseExchange, type ExchangeSettings } from './gateway/base-exchange.ts'
export { Completion } from './gateway/completion.ts'
export { answerInTime, discardBody } from './gateway/deadline.ts'
export { exchangeSettings } from './gateway/exchange-settings.ts'
export { createEnviron, type Exchange, type Target } from './gateway/gateway-environ.ts'
export { type Closing, closeInTime } from './gateway/graceful-close.ts'
export {
  type ConnectionLimits,
  connectionBounds,
  type RequestLimits,
  requestBounds,
} from './gateway/limits.ts'
export { drained, type Outlet, type StreamedBody, streamBody } from './gateway/stream-body.ts'
export { normalizeAuthority } from './http/authority.ts'
export { isHopByHop } from './http/hop-by-hop.ts'
export { lightHeaders } from './http/light-headers.ts'
export { parseTarget, type RequestTarget } from './http/request-target.ts'
export { isNullBodyStatus, reasonPhrase } from './http/status.ts'
export {
  type PlainParts,
  plainParts,
  type StreamedParts,
  streamedParts,
} from './response/light/response-parts.ts'
export { specVersion } from './version.ts'

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
