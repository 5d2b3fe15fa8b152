import type { CompleteApplication } from '../contract/complete.ts'
import type { Environ } from '../contract/environ.ts'
import type { ErrorLog } from '../contract/error-log.ts'
import { specVersion, version } from '../contract/version.ts'
import { errorResponse } from '../response/error-response.ts'
import { handle } from '../response/handle.ts'
import { HttpError } from '../response/http-error.ts'
import { FetchExchange } from './fetch-exchange.ts'

/** The options of {@link toFetch}. */
export interface ToFetchOptions {
  /** The client's address, from what the runtime passes beside the request; `''` unless given. */
  readonly remoteAddress?: (request: Request, ...surroundings: unknown[]) => string
  /** Where problems are reported; standard error unless given. */
  readonly errors?: ErrorLog
  /** Whether other processes may be serving the same application, which only its operator knows; `true` unless given. */
  readonly multiprocess?: boolean
  /** Aborts when the process starts to stop: `environ.gateway.stopping`. Never aborts unless given. */
  readonly stopping?: AbortSignal
}

/**
 * The application as a fetch handler: for Bun's `fetch`, `Deno.serve`, a Worker's `export default { fetch }`, or any
 * framework that mounts one.
 *
 * `environ.waitUntil` is the execution context's, where the runtime passes one as third argument. `gateway.native` is
 * the array of what the runtime passed beside the request. A request whose URL is not HTTP's, or has no usable host, is
 * answered 400 without calling the application.
 *
 * @throws TypeError where the application is not a function.
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
  {
    remoteAddress,
    errors,
    multiprocess = true,
    stopping = new AbortController().signal,
  }: ToFetchOptions = {},
): (request: Request, ...surroundings: unknown[]) => Promise<Response> {
  if (typeof app !== 'function') throw new TypeError(`toFetch: app must be an application, got ${typeof app}`)
  return async function fetch(request, ...surroundings) {
    const exchange = new FetchExchange(request, {
      gateway: { name: 'fetch', version, specVersion, multiprocess, stopping, native: surroundings },
      remoteAddress: remoteAddress?.(request, ...surroundings),
      errors,
      waitUntil: waitUntilOf(surroundings[1]),
    })
    const { sound } = exchange
    const environ = exchange.environ as Environ & E
    const response = sound
      ? handle(app, environ)
      : errorResponse(new HttpError(400, 'No usable host'), environ)
    return exchange.finish(await response)
  }
}

function waitUntilOf(context: unknown): ((promise: Promise<unknown>) => void) | undefined {
  if (typeof context !== 'object' || context === null || !('waitUntil' in context)) return undefined
  const { waitUntil } = context
  return typeof waitUntil === 'function' ? (promise) => waitUntil.call(context, promise) : undefined
}
