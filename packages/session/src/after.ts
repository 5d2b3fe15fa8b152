import type { Awaitable } from './store.ts'

/** Goes on with a value: at once where it is at hand, so that what waits for nothing makes no promise. */
export function after<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromise(value) ? value.then(next) : next(value)
}

/** Whether there is something to wait for: a promise, of whatever library. */
export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
