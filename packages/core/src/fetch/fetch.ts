import type { Application } from '../contract/application.ts'
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

/**
 * A fetch handler as an application: another framework's application (Hono's `app.fetch`, say) inside this one's
 * middleware. The handler gets the environ as its second argument, which Hono shows as `c.env`, and an execution
 * context as its third.
 *
 * Where a mount has divided the path, the handler sees a URL whose path is `pathInfo`: without the mount's prefix, as a
 * WSGI application sees it.
 *
 * @throws TypeError where the handler is not a function.
 *
 * @example
 * ```ts
 * import { fromFetch, mount, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const inner = fromFetch((request) => new Response(new URL(request.url).pathname))
 * const web = client(mount('/inner', inner)(() => text('outer')))
 * const response = await web.get('/inner/page')
 * await response.text() // => '/page'
 * ```
 */
export function fromFetch<E extends object = object>(
  handler: (
    request: Request,
    environ: Environ & E,
    context: ExecutionContext,
  ) => Response | Promise<Response>,
): Application<E> {
  if (typeof handler !== 'function') {
    throw new TypeError(`fromFetch: handler must be a function, got ${typeof handler}`)
  }
  return function fetchHandler(environ) {
    return handler(mountedRequest(environ), environ, {
      waitUntil: environ.waitUntil,
      passThroughOnException() {},
      props: {},
    })
  }
}

/** What Workers pass as a handler's third argument. */
export interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void
  passThroughOnException(): void
  readonly props: unknown
}

function mountedRequest({ request, scriptName, pathInfo }: Environ): Request {
  // Nothing is divided of the target of `OPTIONS *`.
  if (scriptName === '' && pathInfo === '') return request
  const url = new URL(request.url)
  if (url.pathname === pathInfo) return request
  url.pathname = pathInfo
  const { method, headers, body, signal } = request
  // Not `new Request(url, request)`: that takes over what only a browser's request has, and refuses some of it. A
  // stream as a body needs half-duplex, which the types of `RequestInit` do not know.
  return new Request(url, { method, headers, body, signal, duplex: 'half' } as RequestInit)
}

function waitUntilOf(context: unknown): ((promise: Promise<unknown>) => void) | undefined {
  if (typeof context !== 'object' || context === null || !('waitUntil' in context)) return undefined
  const { waitUntil } = context
  return typeof waitUntil === 'function' ? (promise) => waitUntil.call(context, promise) : undefined
}
