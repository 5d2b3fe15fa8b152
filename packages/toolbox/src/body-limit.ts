import { type Application, type Environ, HttpError, type Middleware } from '@tsgi/core'
import { limitBody } from '@tsgi/core/gateway'
import { checkOptions, readLimits, type Size } from '@tsgi/core/options'

/**
 * The options of {@link bodyLimit}.
 *
 * @example
 * ```ts
 * import type { BodyLimitOptions } from '@tsgi/toolbox'
 *
 * const options: BodyLimitOptions = { maxBodySize: 64 * 1024 }
 * ```
 */
export interface BodyLimitOptions {
  /** Maximum size of a request body in bytes. */
  readonly maxBodySize: Size
}

/**
 * Limits the size of request bodies for a part of the application, below the limit of the gateway. Responds with 413
 * immediately if `Content-Length` is larger; otherwise, reading fails with 413 as soon as more bytes have arrived. A limit
 * inside another can only be lower.
 *
 * @throws TypeError if the option is missing, unknown or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { bodyLimit } from '@tsgi/toolbox'
 *
 * const web = client(bodyLimit({ maxBodySize: 10 })(async ({ request }) => text(await request.text())))
 * const small = await web.post('/', { body: 'Hello' })
 * small.status // => 200
 * const large = await web.post('/', { body: 'Hello, World!' })
 * large.status // => 413
 * ```
 */
export function bodyLimit(options: BodyLimitOptions): Middleware {
  checkOptions('bodyLimit', options, ['maxBodySize'])
  if (options.maxBodySize === undefined) {
    throw new TypeError('bodyLimit: maxBodySize is missing: pass a number of bytes')
  }
  const { maxBodySize } = readLimits('bodyLimit', options, {
    maxBodySize: { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes' },
  })

  return function bodyLimit<E extends object>(app: Application<E>): Application<E> {
    return function bodyLimit(environ: Environ & E) {
      if (Number(environ.headers.get('content-length')) > maxBodySize) {
        throw new HttpError(413, `The request body is larger than ${maxBodySize} bytes.`)
      }
      limitBody(environ, maxBodySize)
      return app(environ)
    }
  }
}
