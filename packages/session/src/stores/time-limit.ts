import type { Awaitable } from '@tsgi/core'

/**
 * Limits the time that calls may take. After a call has exceeded it, further calls fail immediately for the same time, or
 * until a late call has settled: requests must not queue up while a store is silent.
 */
export class TimeLimit {
  readonly #limit: number
  #failsUntil = 0

  /** @param limit Milliseconds; 0 for no limit. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** @throws Error (by rejection or immediately) if there is no result in time. */
  run<T>(call: () => Awaitable<T>): Awaitable<T> {
    if (performance.now() < this.#failsUntil) throw this.#tooLate()
    const result = call()
    return isThenable(result) && this.#limit > 0 ? this.#within(result) : result
  }

  #within<T>(result: PromiseLike<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const timer = setTimeout(() => {
      this.#failsUntil = performance.now() + this.#limit
      reject(this.#tooLate())
    }, this.#limit)
    const settle = () => {
      clearTimeout(timer)
      this.#failsUntil = 0
    }
    // Unlike the `then` of a thenable, this never throws.
    Promise.resolve(result).then(
      (value) => {
        settle()
        resolve(value)
      },
      (error) => {
        settle()
        reject(error)
      },
    )
    return promise
  }

  #tooLate(): Error {
    return new Error(`no response within ${this.#limit} ms`)
  }
}

export function isThenable<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
