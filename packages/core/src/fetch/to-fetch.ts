import type { CompleteApplication } from '../contract/complete.ts'
import type { Environ } from '../contract/environ.ts'
import { specVersion, version } from '../contract/version.ts'
import { type BaseOptions, baseSettings } from '../gateway/exchange-settings.ts'
import { forwardAbort } from '../gateway/stopping/forward-abort.ts'
import { checkOptions } from '../options/check-options.ts'
import { errorResponse } from '../response/error-response.ts'
import { handle } from '../response/handle.ts'
import { HttpError } from '../response/http-error.ts'
import { FetchExchange } from './fetch-exchange.ts'
import { lateUpgrades } from './upgrade/fetch-upgrades.ts'

/** The options of {@link toFetch}. */
export interface ToFetchOptions extends BaseOptions {
  /** Returns the client's address. Gets the arguments that the runtime passes with the request. Default: `''`. */
  readonly remoteAddress?: (request: Request, ...surroundings: unknown[]) => string
  /** Whether other processes may serve the same application. Default: `true`. */
  readonly multiprocess?: boolean
  /** The signal for `environ.gateway.stopping`. Abort it when the process starts to stop. Default: never aborts. */
  readonly stopping?: AbortSignal
}

/**
 * Turns an application into a fetch handler, for Bun, Deno, Workers, or a framework that mounts one.
 *
 * `environ.waitUntil` uses the execution context, if the runtime passes one as third argument. `gateway.native` is the list
 * of arguments that the runtime passes with the request. A request without a valid host is rejected with status 400 before
 * it reaches the application.
 *
 * @throws TypeError if the application is not a function, or an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { text, toFetch } from '@tsgi/core'
 *
 * const fetch = toFetch(({ pathInfo }) => text(pathInfo))
 * const response = await fetch(new Request('http://localhost/hello?x=1'))
 * await response.text() // => '/hello'
 * ```
 */
export function toFetch<E extends object = object>(
  app: CompleteApplication<E>,
  options: ToFetchOptions = {},
): (request: Request, ...surroundings: unknown[]) => Promise<Response> {
  checkOptions('toFetch', options, ['remoteAddress', 'errors', 'observers', 'multiprocess', 'stopping'])
  const settings = baseSettings('toFetch', app, options)
  const { remoteAddress, multiprocess = true } = options
  const stopping = settings.stopping.signal
  forwardAbort(options.stopping, settings.stopping)
  const upgrades = lateUpgrades(stopping, settings.errors)
  return async function fetch(request, ...surroundings) {
    const exchange = new FetchExchange(request, settings, {
      gateway: {
        name: 'fetch',
        version,
        specVersion,
        multiprocess,
        stopping,
        get webSockets() {
          return upgrades.find(surroundings) !== undefined
        },
        native: surroundings,
      },
      readHandshake: () => upgrades.read(request, surroundings),
      remoteAddress: remoteAddress?.(request, ...surroundings),
      waitUntil: waitUntilOf(surroundings[1]),
    })
    const environ = exchange.environ as Environ & E
    exchange.begin()
    const response = exchange.hasValidHost
      ? handle(app, environ)
      : errorResponse(new HttpError(400, 'The host is invalid.'), environ)
    return exchange.finish(await response)
  }
}

function waitUntilOf(context: unknown): ((promise: Promise<unknown>) => void) | undefined {
  if (typeof context !== 'object' || context === null || !('waitUntil' in context)) return undefined
  const { waitUntil } = context
  return typeof waitUntil === 'function' ? (promise) => waitUntil.call(context, promise) : undefined
}
