import type { Application, Environ, Middleware } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { type ResponseCacheOptions, readSettings } from './options.ts'
import { SharedCache } from './shared-cache.ts'

/** The middleware that {@link responseCache} returns. */
export interface ResponseCache<R extends object = object> extends Middleware<object, R> {
  /**
   * Removes the stored responses of a URL, for example after its content has changed in the database.
   *
   * @throws TypeError (by rejection) if it is not an absolute URL; the error of the store if it fails.
   */
  purge(url: string | URL): Promise<void>
}

/**
 * Stores the responses of the application, and sends them again while they are fresh: a shared cache. What is stored, and
 * for how long, is up to the `Cache-Control` of each response. Responses that are `private`, set a cookie, or do not say
 * how long they are fresh are never stored.
 *
 * Source: RFC 9111; RFC 5861 (`stale-while-revalidate`, `stale-if-error`); RFC 9211 (`Cache-Status`).
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { responseCache } from '@tsgi/toolbox'
 *
 * let calls = 0
 * const page = () => text(`call ${++calls}`, { headers: { 'cache-control': 'max-age=60' } })
 * const web = client(responseCache()(page))
 *
 * await (await web.get('/')).text() // => 'call 1'
 * await (await web.get('/')).text() // => 'call 1'
 * ```
 */
export function responseCache<R extends object = object>(
  options: ResponseCacheOptions<R> = {},
): ResponseCache<R> {
  const cache = new SharedCache(readSettings(options))

  function responseCache<E extends R>(app: Application<E>): Application<E> {
    return function responseCache(environ: Environ & E) {
      return cache.respond(app, environ)
    }
  }

  return Object.assign(responseCache, {
    async purge(url: string | URL): Promise<void> {
      const parsed = URL.parse(url)
      if (parsed === null) throw new TypeError(`purge: url must be an absolute URL, got ${describe(url)}`)
      await cache.purge(parsed)
    },
  })
}
