/** One entry, between the one used before it and the one used after it. */
interface Entry<V> {
  readonly key: string
  value: V
  older: Entry<V> | undefined
  newer: Entry<V> | undefined
}

/**
 * A map that knows in which order its entries were used. A `Map` whose entries are taken out and put in again keeps that
 * order too, but walks over the places they have left, or moves all that is in it to be rid of them.
 */
export class RecencyMap<V> {
  readonly #entries = new Map<string, Entry<V>>()
  #oldest: Entry<V> | undefined
  #newest: Entry<V> | undefined

  get size(): number {
    return this.#entries.size
  }

  /** The value, which is not used by that. */
  peek(key: string): V | undefined {
    return this.#entries.get(key)?.value
  }

  /** Says that the entry is used. */
  touch(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry === this.#newest) return
    this.#unlink(entry)
    this.#append(entry)
  }

  /** Puts a value in, in the place of the one before; it is used by that. */
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

  /** The entries, the least recently used first. The one that is at hand may be deleted. */
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
