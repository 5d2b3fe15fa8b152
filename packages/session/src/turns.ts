import { isPromise } from './after.ts'
import type { Awaitable } from './store.ts'

/**
 * Lets work on one key take turns within this process. Stores do not need it: a commit against an old version is
 * refused anyway. But of 200 requests at once 199 would be refused, and again 198; in turns, each is refused once.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Does the work when all that came before it under the key is done: at once where nothing is being done. */
  take<T>(key: string, work: () => Awaitable<T>): Awaitable<T> {
    const before = this.#last.get(key)
    const turn = before === undefined ? work() : before.then(work, work)
    return isPromise(turn) ? this.#wait(key, turn) : turn
  }

  async #wait<T>(key: string, turn: Promise<T>): Promise<T> {
    this.#last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }
}
