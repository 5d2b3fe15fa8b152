/** A value, or a promise of one. */
export type Awaitable<T> = T | Promise<T>

/**
 * Calls `next` with a value, immediately if the value is not a promise. Middleware that changes responses can use it instead
 * of `async` and `await`: if the application is synchronous, so is the middleware, and no promise is created. Errors pass
 * through unchanged.
 *
 * @example
 * ```ts
 * import { chain, type Middleware, text, withHeaders } from '@tsgi/core'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const stamped: Middleware = (app) => (environ) =>
 *   chain(app(environ), (response) => withHeaders(response, { 'x-stamp': '1' }))
 *
 * const now = stamped(() => text('Hello'))(testEnviron('/'))
 * now instanceof Promise // => false
 * const later = stamped(async () => text('Hello'))(testEnviron('/'))
 * later instanceof Promise // => true
 * ```
 */
export function chain<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
