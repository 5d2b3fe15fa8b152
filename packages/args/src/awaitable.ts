/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/** Goes on with a value: at once where it is at hand, so that what waits for nothing makes no promise. */
export function after<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
