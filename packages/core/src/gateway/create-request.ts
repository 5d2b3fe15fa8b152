import type { Environ } from '../contract/environ.ts'
import { HttpError } from '../response/http-error.ts'
import { type Exchange, exchangeOf } from './gateway-environ.ts'
import type { ObservedExchange } from './observer.ts'

const limits = new WeakMap<object, number>()

/**
 * Limits the size of the request's body, for all who read it. The limit can only be lowered. Has no effect on
 * `environ.request` if something has read it before.
 *
 * @example
 * ```ts
 * import { limitBody } from '@tsgi/core/gateway'
 * import { type Middleware, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const small: Middleware = (app) => (environ) => {
 *   limitBody(environ, 4)
 *   return app(environ)
 * }
 * const response = await client(small(async ({ request }) => text(await request.text()))).post('/', { body: 'Hello' })
 * response.status // => 413
 * ```
 */
export function limitBody(environ: Environ, maxBytes: number): void {
  const exchange = exchangeOf(environ)
  if (exchange !== undefined) limits.set(exchange, Math.min(maxBytes, limits.get(exchange) ?? maxBytes))
}

/** Returns the limit that was set for the body, or `limit` if that is lower. */
export function bodyLimitOf(environ: Environ, limit: number): number {
  const exchange = exchangeOf(environ)
  return Math.min(limit, (exchange && limits.get(exchange)) ?? limit)
}

/** Returns the request with its body limited, if a limit was set. */
export function withBodyLimit(exchange: object, request: Request): Request {
  const limit = limits.get(exchange)
  if (limit === undefined || request.body === null) return request
  // The types of `RequestInit` lack `duplex`, which the standard requires for a stream.
  const init = { body: limited(request.body, limit), signal: request.signal, duplex: 'half' } as RequestInit
  return new Request(request, init)
}

function limited(body: ReadableStream<Uint8Array>, limit: number): ReadableStream<Uint8Array> {
  let bytes = 0
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength
        if (bytes > limit) controller.error(tooLarge(limit))
        else controller.enqueue(chunk)
      },
    }),
  )
}

export function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than ${limit} bytes.`)
}

/** Creates the `Request` of an exchange. Calls `openBody` if the method allows a body. */
export function createRequest(
  exchange: Pick<Exchange, 'scheme' | 'host' | 'headers' | 'signal'> & Pick<ObservedExchange, 'environ'>,
  openBody: () => ReadableStream<Uint8Array> | '' | null,
): Request {
  const { environ, scheme, host, headers, signal } = exchange
  const { method, scriptName, pathInfo, queryString } = environ
  const query = queryString === '' ? '' : `?${queryString}`
  const opened = allowsBody(method) ? openBody() : null
  const limit = limits.get(exchange)
  const body = limit !== undefined && opened instanceof ReadableStream ? limited(opened, limit) : opened
  // As in withBodyLimit.
  const init = { method, headers, body, signal, duplex: 'half' } as RequestInit
  return new Request(`${scheme}://${host}${scriptName}${pathInfo}${query}`, init)
}

/** The Fetch standard does not allow GET and HEAD to have a body; RFC 9110 §9.3.1 gives it no meaning. */
export function allowsBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD'
}
