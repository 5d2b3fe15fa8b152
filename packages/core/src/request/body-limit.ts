import type { Environ } from '../contract/environ.ts'
import { exchangeOf } from '../gateway/gateway-environ.ts'
import { HttpError } from '../response/http-error.ts'

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
  if (exchange === undefined) return
  const limit = Math.min(maxBytes, limits.get(exchange) ?? maxBytes)
  limits.set(exchange, limit)
  exchange.wrapBody = (body) => limited(body, limit)
}

/** Returns the limit that was set for the body, or `limit` if that is lower. */
export function bodyLimitOf(environ: Environ, limit: number): number {
  const exchange = exchangeOf(environ)
  return Math.min(limit, (exchange && limits.get(exchange)) ?? limit)
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
