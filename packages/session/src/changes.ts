import type { Content, Flash, KeptFlash } from './content.ts'

/** What one request did to a session, key by key, so that it can be done again on top of what others did. */
export class Changes {
  readonly #keys = new Map<string, Change>()
  #added: readonly KeptFlash[] = []
  readonly #taken = new Set<string>()

  /** Whether nothing was done. */
  get empty(): boolean {
    return this.#keys.size === 0 && this.#added.length === 0 && this.#taken.size === 0
  }

  /** Whether the key was changed. */
  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** What a changed key holds now. */
  get(key: string): unknown {
    return this.#keys.get(key)?.value
  }

  /** Gives a key a value, or none where that is `undefined`. */
  set(key: string, value: unknown): void {
    this.#keys.set(key, { value, again: [], from: undefined })
  }

  /**
   * Changes a key by a function, which runs again where others have changed it meanwhile.
   *
   * @param kept What the key held when the request first looked.
   */
  update(key: string, kept: unknown, fn: (current: unknown) => unknown): void {
    const before = this.#keys.get(key)
    if (before === undefined) {
      this.#keys.set(key, { value: fn(kept), again: [fn], from: kept })
      return
    }
    // What was set in this request does not depend on others, nor does what is made of it.
    const again = before.again.length === 0 ? [] : [...before.again, fn]
    this.#keys.set(key, { value: fn(before.value), again, from: before.from })
  }

  flash({ type, message }: Flash): void {
    this.#added = [...this.#added, { id: crypto.randomUUID(), type, message }]
  }

  /** The messages of a content and of this request that were not taken before, and takes them. */
  takeFlashes(content: Content | undefined, type: string | undefined): readonly Flash[] {
    const wanted = (flash: Flash) => type === undefined || flash.type === type
    const kept = (content?.flashes ?? []).filter((flash) => wanted(flash) && !this.#taken.has(flash.id))
    for (const { id } of kept) this.#taken.add(id)
    const added = this.#added.filter(wanted)
    this.#added = this.#added.filter((flash) => !wanted(flash))
    return [...kept, ...added].map(({ type, message }) => ({ type, message }))
  }

  /** The content with the changes made to it. */
  applyTo(content: Content): Content {
    const data = new Map(content.data)
    for (const [key, { value, again, from }] of this.#keys) {
      const kept = data.get(key)
      const stands = again.length === 0 || kept === from || JSON.stringify(kept) === JSON.stringify(from)
      const next = stands ? value : again.reduce((current, fn) => fn(current), kept)
      if (next === undefined) data.delete(key)
      else data.set(key, next)
    }
    const left = content.flashes.filter(({ id }) => !this.#taken.has(id))
    return { created: content.created, data, flashes: [...left, ...this.#added] }
  }
}

interface Change {
  /** What the key holds in this request; `undefined` where it was deleted. */
  readonly value: unknown
  /** The functions to run again on what others left; none where the value stands by itself. */
  readonly again: readonly ((current: unknown) => unknown)[]
  /** What the first of them was given. */
  readonly from: unknown
}
