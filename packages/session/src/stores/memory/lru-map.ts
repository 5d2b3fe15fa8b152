/** An entry, linked to the entries used before and after it. */
interface Entry<V> {
  readonly key: string
  value: V
  older: Entry<V> | undefined
  newer: Entry<V> | undefined
}

/**
 * A map that iterates over its entries from the least to the most recently used.
 *
 * Deleting a key from a `Map` and adding it again would keep the same order, but then iteration has to skip all the
 * deleted slots.
 */
export class LruMap<V> {
  readonly #entries = new Map<string, Entry<V>>()
  #oldest: Entry<V> | undefined
  #newest: Entry<V> | undefined

  get size(): number {
    return this.#entries.size
  }

  /** Returns the value without marking it as used. */
  peek(key: string): V | undefined {
    return this.#entries.get(key)?.value
  }

  /** Marks the entry as used. */
  touch(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry === this.#newest) return
    this.#unlink(entry)
    this.#append(entry)
  }

  /** Adds or replaces a value and marks it as used. */
  set(key: string, value: V): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) {
      entry.value = value
      this.touch(key)
      return
    }
    const added = { key, value, older: undefined, newer: undefined }
    this.#entries.set(key, added)
    this.#append(added)
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#unlink(entry)
  }

  /** Iterates from the least recently used entry. The current entry may be deleted during iteration. */
  *[Symbol.iterator](): Generator<[key: string, value: V], void> {
    for (let entry = this.#oldest; entry !== undefined; ) {
      const { key, value, newer } = entry
      yield [key, value]
      entry = newer
    }
  }

  #append(entry: Entry<V>): void {
    entry.older = this.#newest
    entry.newer = undefined
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
  }

  #unlink({ older, newer }: Entry<V>): void {
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
  }
}
