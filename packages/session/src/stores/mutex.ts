import type { Awaitable } from '@tsgi/core'

/**
 * One lock per key, in this process only.
 *
 * Stores that compare versions do not need it: they reject a commit against an old version. But of 200 concurrent commits, 199 would be
 * rejected, then 198, and so on. With the lock, they run one after another.
 */
export class Mutex {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs the work when all earlier work on the key is done; immediately if there is none. */
  run<T>(key: string, work: () => Awaitable<T>): Awaitable<T> {
    const earlier = this.#last.get(key)
    const result = earlier === undefined ? work() : earlier.then(work, work)
    return result instanceof Promise ? this.#hold(key, result) : result
  }

  async #hold<T>(key: string, result: Promise<T>): Promise<T> {
    this.#last.set(key, result)
    try {
      return await result
    } finally {
      if (this.#last.get(key) === result) this.#last.delete(key)
    }
  }
}
