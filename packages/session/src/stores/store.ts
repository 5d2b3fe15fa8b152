import type { Awaitable } from '@tsgi/core'

/**
 * Stores sessions: text by key, each with a version and an expiry. A store has two duties. It changes a session in one
 * atomic step, and only if the version is still the one that the change is based on. And it never returns expired
 * sessions.
 *
 * A store knows nothing about ids, about the meaning of the text, or about merging: the middleware does all of that. Keys
 * are hashes of session ids, 43 characters of base64url. Test your own store with `@tsgi/session/conformance`.
 *
 * @example
 * ```ts
 * import type { SessionStore } from '@tsgi/session'
 * import { memoryStore } from '@tsgi/session/memory'
 *
 * const store: SessionStore = memoryStore()
 * const expires = Date.now() + 60_000
 * store.commit('k', { data: 'one', expires }, 0) // => { ok: true }
 * store.commit('k', { data: 'two', expires }, 1) // => { ok: true }
 * store.commit('k', { data: 'late', expires }, 1) // => { ok: false, current: { data: 'two', expires, version: 2 } }
 * ```
 */
export interface SessionStore {
  /**
   * Whether `load` always returns values, never promises. The middleware calls such a store when the session is first
   * used, and any other store before it calls the application, so that sessions can be read without `await`.
   */
  readonly synchronous?: boolean
  /** Whether the sessions are invisible to other processes. */
  readonly processLocal?: boolean
  /**
   * Returns the session under the key, or `undefined` if there is none or it has expired.
   *
   * @throws SessionFormatError if the value under the key is not a session.
   */
  load(key: string): Awaitable<StoredSession | undefined>
  /**
   * Stores a session if the current version is the given one. Version 0 means that there is no session; any other value
   * under the key is replaced. The stored session gets the next version.
   */
  commit(key: string, entry: SessionEntry, version: number): Awaitable<SessionCommit>
  /** Removes a session if its version is the given one. */
  destroy(key: string, version: number): Awaitable<SessionCommit>
  /**
   * Returns the sessions whose last commit had this `user`, in any order, without expired ones.
   *
   * Optional, together with `destroyByUser`. A store without the two methods ignores `user`.
   */
  listByUser?(user: string): Awaitable<readonly UserSession[]>
  /**
   * Removes the sessions whose last commit had this `user`, whatever their versions, and returns how many it removed.
   *
   * It may miss a session that is committed under a new key at the same time. To end all sessions of a user, call it until
   * it returns 0. A session whose id is being replaced is then gone, too: either its new key was committed in time, or the
   * commit under its old key is rejected.
   *
   * @param exceptKey The key of a session to keep.
   */
  destroyByUser?(user: string, exceptKey?: string): Awaitable<number>
}

/** A session as it is passed to a {@link SessionStore}. */
export interface SessionEntry {
  /** Any text. */
  readonly data: string
  /** When the session expires: milliseconds since the epoch, a whole number. */
  readonly expires: number
  /**
   * The user whom the session belongs to, for `listByUser` and `destroyByUser`: well-formed text that is not empty. After a
   * commit without it, the session belongs to nobody. `load` need not return it.
   */
  readonly user?: string | undefined
}

/** A session as a {@link SessionStore} returns it. */
export interface StoredSession extends SessionEntry {
  /** How often it has been committed: 1 after the first commit. */
  readonly version: number
}

/** One of the sessions of a user, as {@link SessionStore.listByUser} returns it. */
export interface UserSession extends StoredSession {
  readonly key: string
}

/** Whether a {@link SessionStore} made a change; if not, the current session. */
export type SessionCommit =
  | { readonly ok: true }
  | { readonly ok: false; readonly current: StoredSession | undefined }

/**
 * Thrown if the value under a session's key is not a session, because it is truncated or another program has written it.
 * The middleware reports the error and treats the visitor as one without a session.
 *
 * @example
 * ```ts
 * import { SessionFormatError } from '@tsgi/session'
 *
 * function parseRow(text: string): { data: string } {
 *   if (!text.startsWith('{')) throw new SessionFormatError('the row is not a JSON object')
 *   return { data: text }
 * }
 * parseRow('{}') // => { data: '{}' }
 * ```
 */
export class SessionFormatError extends Error {
  override readonly name = 'SessionFormatError'
}

/** A store that can find the sessions of a user. */
export interface IndexedSessionStore extends SessionStore {
  listByUser(user: string): Awaitable<readonly UserSession[]>
  destroyByUser(user: string, exceptKey?: string): Awaitable<number>
}

/** Reports whether a store can find the sessions of a user. */
export function hasUserIndex(store: SessionStore): store is IndexedSessionStore {
  return typeof store.listByUser === 'function' && typeof store.destroyByUser === 'function'
}
