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

  add(key: string): void {
    this.delete(key)
    this.#keys.add(key)
    this.#characters += key.length
    for (const oldest of this.#keys) {
      if (this.#keys.size <= MAX_KEYS && this.#characters <= MAX_CHARACTERS) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    if (this.#keys.delete(key)) this.#characters -= key.length
  }
}
