/** The most keys that are remembered. */
const MAX_KEYS = 10_000

/** A set of keys that forgets the oldest ones. */
export class RecentKeys {
  readonly #keys = new Set<string>()

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  add(key: string): void {
    this.#keys.delete(key)
    this.#keys.add(key)
    if (this.#keys.size > MAX_KEYS) this.#keys.delete(this.#keys.values().next().value!)
  }

  delete(key: string): void {
    this.#keys.delete(key)
  }
}
