/**
 * The environ of the current request, for code that does not receive it: `@tsgi/log/context`.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Application, Environ, Middleware } from '@tsgi/core'
import { keepContext } from '@tsgi/core/gateway'

const storage = new AsyncLocalStorage<Environ>()
let isKept = false

/**
 * Makes the environ available to {@link current}: in the application, after every `await`, in the generators of `stream` and
 * `sse`, in `waitUntil` and after `finished`.
 *
 * @example
 * ```ts
 * import { stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { requestId } from '@tsgi/log'
 * import { context, current } from '@tsgi/log/context'
 *
 * const web = stack(requestId(), context())
 * const id = () => current<{ requestId: string }>()?.requestId
 *
 * const response = await client(web(() => text(String(id())))).get('/')
 * response.headers.get('x-request-id') === (await response.text()) // => true
 * ```
 */
export function context(): Middleware {
  if (!isKept) keepContext(() => AsyncLocalStorage.snapshot())
  isKept = true
  return function context<E extends object>(app: Application<E>): Application<E> {
    return function context(environ: Environ & E) {
      return storage.run(environ, app, environ)
    }
  }
}

/**
 * Returns the environ of the current request; `undefined` outside of requests. `E` are the keys that middleware before
 * {@link context} provides.
 *
 * @example
 * ```ts
 * import { current } from '@tsgi/log/context'
 *
 * current() // => undefined
 * ```
 */
export function current<E extends object = object>(): (Environ & E) | undefined {
  return storage.getStore() as (Environ & E) | undefined
}
