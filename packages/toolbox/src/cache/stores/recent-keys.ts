/** The most keys that are remembered, and the most characters of all of them: clients choose how long a URL is. */
const MAX_KEYS = 10_000
const MAX_CHARACTERS = 2 ** 20

/** A set of keys that forgets the oldest ones. */
export class RecentKeys {
  /** When each was added, as a number that grows. */
  readonly #keys = new Map<string, number>()
  #count = 0
  #characters = 0

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** The key that was added first. */
  get oldest(): string | undefined {
    return this.#keys.keys().next().value
  }

  /** Returns whether it has forgotten others. */
  add(key: string): boolean {
    this.delete(key)
    this.#keys.set(key, ++this.#count)
    this.#characters += key.length
    let hasForgotten = false
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= MAX_KEYS && this.#characters <= MAX_CHARACTERS) break
      this.delete(oldest)
      hasForgotten = true
    }
    return hasForgotten
  }

  /** Returns a number that changes if the key is added again; undefined if it is not in the set. */
  versionOf(key: string): number | undefined {
    return this.#keys.get(key)
  }

  delete(key: string): void {
    if (this.#keys.delete(key)) this.#characters -= key.length
  }
}
