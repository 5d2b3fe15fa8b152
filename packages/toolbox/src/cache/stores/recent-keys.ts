/** The most keys that are remembered, and the most characters of all of them: clients choose how long a URL is. */
const MAX_KEYS = 10_000
const MAX_CHARACTERS = 2 ** 20

/** A set of keys that forgets the oldest ones. */
export class RecentKeys {
  readonly #keys = new Set<string>()
  #characters = 0

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** The key that was added first. */
  get oldest(): string | undefined {
    return this.#keys.values().next().value
  }

  /** Returns whether it has forgotten others. */
  add(key: string): boolean {
    this.delete(key)
    this.#keys.add(key)
    this.#characters += key.length
    let hasForgotten = false
    for (const oldest of this.#keys) {
      if (this.#keys.size <= MAX_KEYS && this.#characters <= MAX_CHARACTERS) break
      this.delete(oldest)
      hasForgotten = true
    }
    return hasForgotten
  }

  delete(key: string): void {
    if (this.#keys.delete(key)) this.#characters -= key.length
  }
}
