/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/**
 * Goes on with a value: at once where it is at hand, after it has come where it is a promise. A middleware that changes
 * responses may use it in the place of `async` and `await`: where the application answers at once, so does the
 * middleware, and no promise is made. Errors pass through, thrown or by rejection, as they come.
 *
 * @example
 * ```ts
 * import { chain, type Middleware, text, withHeaders } from '@tsgi/core'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const stamped: Middleware = (app) => (environ) =>
 *   chain(app(environ), (response) => withHeaders(response, { 'x-stamp': '1' }))
 *
 * const atOnce = stamped(() => text('Hello'))(testEnviron('/'))
 * atOnce instanceof Promise // => false
 * const later = stamped(async () => text('Hello'))(testEnviron('/'))
 * later instanceof Promise // => true
 * ```
 */
export function chain<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
