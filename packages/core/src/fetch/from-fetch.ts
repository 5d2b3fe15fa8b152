import type { Application } from '../contract/application.ts'
import { chain } from '../contract/chain.ts'
import type { Environ } from '../contract/environ.ts'
import { normalizePath } from '../http/path.ts'
import { checkOptions } from '../options/check-options.ts'
import { describe } from '../options/describe.ts'
import { type ResponseLike, toResponse } from './to-response.ts'

/** The options of {@link fromFetch}. */
export interface FromFetchOptions {
  /**
   * The path that a mounted handler sees: `'rest'` (the default) for the path below the mount, as in WSGI, or
   * `'whole'` for the path of the request. Handlers that match their own prefix, such as tRPC and better-auth, need `'whole'`.
   */
  readonly path?: 'rest' | 'whole'
}

/**
 * Turns a fetch handler, such as Hono's `app.fetch` or the `fetch` that other frameworks export for Workers, into an
 * application. The handler gets the environ as its second argument (in Hono, `c.env`) and an execution context as its third.
 *
 * Accepts responses of another `Response` class, such as that of undici or `@whatwg-node/fetch`. Anything else is reported
 * as a `TypeError` that names the request. Removes fields that gateways do not send (hop-by-hop fields, `Content-Length`
 * with status 204, `Content-Type` with 204, 205 and 304). If the handler returns a response of `fetch` whose body was
 * compressed, also removes `Content-Encoding` and `Content-Length`, because `fetch` has decoded the body.
 *
 * @throws TypeError if the handler is not a function, or an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { fromFetch, mount, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const handler = (request: Request) => new Response(new URL(request.url).pathname)
 * const rest = mount('/rest', fromFetch(handler))
 * const whole = mount('/whole', fromFetch(handler, { path: 'whole' }))
 * const web = client(rest(whole(() => text('outside'))))
 * const below = await web.get('/rest/page')
 * await below.text() // => '/page'
 * const all = await web.get('/whole/page')
 * await all.text() // => '/whole/page'
 * ```
 */
export function fromFetch<E extends object = object>(
  handler: (
    request: Request,
    environ: Environ & E,
    context: ExecutionContext,
  ) => ResponseLike | Promise<ResponseLike>,
  options: FromFetchOptions = {},
): Application<E> {
  if (typeof handler !== 'function') {
    throw new TypeError(`fromFetch: handler must be a function, got ${describe(handler)}`)
  }
  checkOptions('fromFetch', options, ['path'])
  const { path = 'rest' } = options
  if (path !== 'rest' && path !== 'whole') {
    throw new TypeError(`fromFetch: path must be 'rest' or 'whole', got ${describe(path)}`)
  }
  return function fetchHandler(environ) {
    const returned = handler(requestFor(environ, path), environ, contextOf(environ))
    return chain(returned, (response) => toResponse(response, environ))
  }
}

/** The object that Workers pass to a handler as its third argument. */
export interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void
  passThroughOnException(): void
  readonly props: unknown
}

/** Returns the runtime's own context if the gateway is `toFetch` and has received one. */
function contextOf({ gateway, waitUntil }: Environ): ExecutionContext {
  const { name, native } = gateway
  const context: unknown = name === 'fetch' && Array.isArray(native) ? native[1] : undefined
  return isContext(context) ? context : { waitUntil, passThroughOnException() {}, props: {} }
}

function isContext(value: unknown): value is ExecutionContext {
  return typeof (value as ExecutionContext | null | undefined)?.waitUntil === 'function'
}

function requestFor({ request, scriptName, pathInfo }: Environ, seen: 'rest' | 'whole'): Request {
  const whole = scriptName + pathInfo
  // The target of `OPTIONS *` has no path.
  if (whole === '') return request
  const path = seen === 'whole' ? whole : pathInfo || '/'
  const url = new URL(request.url)
  if (normalizePath(url.pathname) === path) return request
  url.pathname = path
  const { method, headers, body, signal } = request
  // Not `new Request(url, request)`: that copies members which only a browser's request has, and rejects some of them.
  // A stream requires `duplex`, which the types of `RequestInit` lack.
  return new Request(url, { method, headers, body, signal, duplex: 'half' } as RequestInit)
}
