import type { FlashMessage, SessionContent, StoredFlash } from '../content/content.ts'

/** The changes of one request to a session, by key. They can be repeated on top of the changes of other requests. */
export class Changes {
  readonly #keys = new Map<string, KeyChange>()
  #addedFlashes: readonly StoredFlash[] = []
  readonly #takenFlashes = new Set<string>()

  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#addedFlashes.length === 0 && this.#takenFlashes.size === 0
  }

  /** Reports whether the key was changed. */
  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** Returns the current value of a changed key. */
  get(key: string): unknown {
    return this.#keys.get(key)?.value
  }

  /** Sets a key, or deletes it if the value is `undefined`. */
  set(key: string, value: unknown): void {
    this.#keys.set(key, { value, updates: [], base: undefined })
  }

  /**
   * Changes a key with a function, which runs again if another request has changed the key in the meantime.
   *
   * @param stored The value of the key when the request first used the session.
   */
  update(key: string, stored: unknown, fn: (current: unknown) => unknown): void {
    const earlier = this.#keys.get(key)
    if (earlier === undefined) {
      this.#keys.set(key, { value: fn(stored), updates: [fn], base: stored })
      return
    }
    // If this request has set the value, updating it does not depend on other requests.
    const updates = earlier.updates.length === 0 ? [] : [...earlier.updates, fn]
    this.#keys.set(key, { value: fn(earlier.value), updates, base: earlier.base })
  }

  flash({ type, message }: FlashMessage): void {
    this.#addedFlashes = [...this.#addedFlashes, { id: crypto.randomUUID(), type, message }]
  }

  /** Returns the messages of the session and of this request, and removes them. */
  takeFlashes(content: SessionContent | undefined, type: string | undefined): readonly FlashMessage[] {
    const isWanted = (flash: FlashMessage) => type === undefined || flash.type === type
    const stored = (content?.flashes ?? []).filter(
      (flash) => isWanted(flash) && !this.#takenFlashes.has(flash.id),
    )
    for (const { id } of stored) this.#takenFlashes.add(id)
    const added = this.#addedFlashes.filter(isWanted)
    this.#addedFlashes = this.#addedFlashes.filter((flash) => !isWanted(flash))
    return [...stored, ...added].map(({ type, message }) => ({ type, message }))
  }

  /** Returns a copy of the content with the changes applied. */
  applyTo(content: SessionContent): SessionContent {
    const values = new Map(content.values)
    for (const [key, { value, updates, base }] of this.#keys) {
      const stored = values.get(key)
      const isUnchanged =
        updates.length === 0 || stored === base || JSON.stringify(stored) === JSON.stringify(base)
      const next = isUnchanged ? value : updates.reduce((current, fn) => fn(current), stored)
      if (next === undefined) values.delete(key)
      else values.set(key, next)
    }
    const left = content.flashes.filter(({ id }) => !this.#takenFlashes.has(id))
    return { ...content, values, flashes: [...left, ...this.#addedFlashes] }
  }
}

interface KeyChange {
  /** The value in this request; `undefined` if the key was deleted. */
  readonly value: unknown
  /** The functions to run again on the value of another request. If there are none, the value does not depend on it. */
  readonly updates: readonly ((current: unknown) => unknown)[]
  /** The argument of the first function. */
  readonly base: unknown
}
