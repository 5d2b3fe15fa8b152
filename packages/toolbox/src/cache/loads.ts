import type { Place } from './entries.ts'
import type { Load } from './load.ts'
import { RecentKeys } from './stores/recent-keys.ts'
import type { StoredResponse } from './stores/store.ts'

/** The calls of the application that have not ended. */
export class Loads {
  readonly #active = new Set<Load>()
  /** Those that other requests can wait for, by the keys of their places. */
  readonly #shared = new Map<string, Load>()
  /** The URLs whose last response was not stored. Requests for them do not wait for each other. */
  readonly #unstored = new RecentKeys()

  begin(load: Load, isShared: boolean): void {
    this.#active.add(load)
    if (isShared) this.#shared.set(load.place, load)
  }

  /** Ends a call: with the stored response, or with undefined if it is only for the client of the call. */
  end(load: Load, stored: StoredResponse | undefined): void {
    this.#active.delete(load)
    if (this.#shared.get(load.place) === load) this.#shared.delete(load.place)
    load.settle(stored)
  }

  /** Returns the call that a request can wait for. */
  sharedWith({ key }: Place): Load | undefined {
    return this.#shared.get(key)
  }

  /** Remembers whether the responses of a URL are stored. */
  setStorable(key: string, isStorable: boolean): void {
    if (isStorable) this.#unstored.delete(key)
    else this.#unstored.add(key)
  }

  /** Reports whether the last response of a URL was stored, or there was none yet. */
  isStorable(key: string): boolean {
    return !this.#unstored.has(key)
  }

  /** Keeps the responses to the calls so far out of the store, because the resource has changed. */
  invalidate(key: string): void {
    for (const load of this.#active) {
      if (load.key !== key) continue
      load.isValid = false
      this.end(load, undefined)
    }
  }
}
