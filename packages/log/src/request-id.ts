import { type Application, type Environ, extend, type Middleware } from '@tsgi/core'
import { requestIdOf, setRequestId } from '@tsgi/core/gateway'
import { checkOptions, describe } from '@tsgi/core/options'

/** The options of {@link requestId}. */
export interface RequestIdOptions {
  /**
   * Whose `X-Request-Id` to keep if it is well-formed: that of a proxy that the gateway trusts, or that of everyone, which
   * lets clients choose the id of another request. Default: `proxy`.
   */
  readonly trust?: 'proxy' | 'everyone'
}

/**
 * Adds `requestId` to the environ. The response has it as `X-Request-Id`, and so have reports of problems and the access
 * log.
 *
 * A well-formed id has 1 to 128 letters, digits, `.`, `_`, `:` and `-`. Otherwise, the id is a new UUID.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { requestId } from '@tsgi/log'
 *
 * const application = requestId()(({ requestId }) => text(requestId))
 * const response = await client(application).get('/')
 * response.headers.get('x-request-id') === (await response.text()) // => true
 * ```
 */
export function requestId(options: RequestIdOptions = {}): Middleware<{ requestId: string }> {
  checkOptions('requestId', options, ['trust'])
  const { trust = 'proxy' } = options
  if (trust !== 'proxy' && trust !== 'everyone') {
    throw new TypeError(`requestId: trust must be 'proxy' or 'everyone', got ${describe(trust)}`)
  }

  return function requestId<E extends object>(app: Application<E & { requestId: string }>): Application<E> {
    return function requestId(environ: Environ & E) {
      const given = trust === 'everyone' ? environ.headers.get('x-request-id') : null
      if (given !== null) setRequestId(environ, given)
      return app(extend(environ, { requestId: requestIdOf(environ) }))
    }
  }
}
