/**
 * Lets work on one key take turns within this process. Stores do not need it: a commit against an old version is
 * refused anyway. But of 200 requests at once 199 would be refused, and again 198; in turns, each is refused once.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Does the work when all that came before it under the key is done. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const turn = before === undefined ? work() : before.then(work, work)
    this.#last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }
}
