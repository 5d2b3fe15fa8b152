/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/**
 * Where sessions are kept: text by key, each with a version and an end. Three methods, and only two rules: a change
 * is made only against the version it was made from, in one atomic step; and what has ended is not there.
 *
 * A store knows nothing of ids, of what the text means, or of merging: that is the middleware's. The key is a hash of
 * the visitor's id, 43 characters of base64url. Any store can be held against `@tsgi/session/conformance`.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@tsgi/session/memory'
 *
 * const store = memoryStore()
 * const expires = Date.now() + 60_000
 * store.commit('k', { data: 'one', expires }, 0) // => { ok: true }
 * store.commit('k', { data: 'two', expires }, 1) // => { ok: true }
 * store.commit('k', { data: 'late', expires }, 1) // => { ok: false, current: { data: 'two', expires, version: 2 } }
 * ```
 */
export interface Store {
  /**
   * Whether `load` answers at once, never with a promise. Such a store is asked when the session is first used; any
   * other before the application is called, so that a session can be read without `await`.
   */
  readonly synchronous?: boolean
  /** Whether what it keeps is out of reach of other processes. */
  readonly processLocal?: boolean
  /** What is kept under the key now; `undefined` where there is nothing, or it has ended. */
  load(key: string): Awaitable<Stored | undefined>
  /**
   * Replaces what is kept under the key, if its version is still the one given; 0 stands for nothing there. What is
   * kept then has the next version: one more.
   */
  commit(key: string, entry: Entry, version: number): Awaitable<Outcome>
  /** Removes what is kept under the key, if its version is still the one given. */
  destroy(key: string, version: number): Awaitable<Outcome>
}

/** What is put into a store. */
export interface Entry {
  /** Any text. */
  readonly data: string
  /** When it ends: milliseconds since the epoch, a whole number. */
  readonly expires: number
}

/** What a store keeps under a key. */
export interface Stored extends Entry {
  /** How often it was committed: 1 after the first time. */
  readonly version: number
}

/** Whether a change was made; if not, what is there instead. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly current: Stored | undefined }
