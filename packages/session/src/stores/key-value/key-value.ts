import { checkOptions, describe } from '@tsgi/core/options'
import { Mutex } from '../mutex.ts'
import {
  type SessionCommit,
  type SessionEntry,
  SessionFormatError,
  type SessionStore,
  type StoredSession,
} from '../store.ts'
import { type KeyValueStorage, storageOf } from './key-value-storage.ts'

export type { KeyValueStorage } from './key-value-storage.ts'

/** The options of {@link keyValueStore}. */
export interface KeyValueStoreOptions {
  /** An instance of `Keyv`, or a storage of `unstorage`. */
  readonly storage: KeyValueStorage
  /** The prefix of all keys. Default: `'session:'`. */
  readonly prefix?: string
}

/** The store that {@link keyValueStore} creates. */
export interface KeyValueStore extends SessionStore {
  load(key: string): Promise<StoredSession | undefined>
  commit(key: string, entry: SessionEntry, version: number): Promise<SessionCommit>
  destroy(key: string, version: number): Promise<SessionCommit>
}

/**
 * Stores sessions with `keyv` or `unstorage`, in any of the databases that they support.
 *
 * Neither can compare versions and write in one step. The changes of one process are kept, because it commits them one
 * after another. But if two processes change a session at the same time, the changes of one of them can be lost, and a
 * session that one of them destroys can come back. Use it for one process, or if you accept that.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { keyValueStore } from '@tsgi/session/key-value'
 * import Keyv from 'keyv'
 *
 * const store = keyValueStore({ storage: new Keyv() })
 * const expires = Date.now() + 60_000
 * await store.commit('k', { data: 'one', expires }, 0) // => { ok: true }
 * await store.load('k') // => { data: 'one', expires, version: 1 }
 * ```
 */
export function keyValueStore(options: KeyValueStoreOptions): KeyValueStore {
  checkOptions('keyValueStore', options, ['storage', 'prefix'])
  const { storage: given, prefix = 'session:' } = options
  const storage = storageOf(given)
  if (typeof prefix !== 'string') {
    throw new TypeError(`keyValueStore: prefix must be text, got ${describe(prefix)}`)
  }
  const mutex = new Mutex()

  async function load(key: string): Promise<StoredSession | undefined> {
    const stored = await storage.get(prefix + key)
    if (stored === undefined || stored === null) return undefined
    if (!isSession(stored)) throw new SessionFormatError('the value in the storage is not a session')
    const { data, expires, version } = stored
    return expires > Date.now() ? { data, expires, version } : undefined
  }

  /** Changes a session if it has the version. A value that is not a session counts as version 0. */
  async function change(key: string, version: number, write: () => Promise<void>): Promise<SessionCommit> {
    return mutex.run(key, async () => {
      const current = await load(key).catch((error: unknown) => {
        if (!(error instanceof SessionFormatError)) throw error
        return undefined
      })
      if ((current?.version ?? 0) !== version) return { ok: false, current }
      await write()
      return { ok: true }
    })
  }

  return {
    load,
    commit: (key, { data, expires }, version) =>
      change(key, version, () => {
        const timeToLive = expires - Date.now()
        return timeToLive > 0
          ? storage.set(prefix + key, { data, expires, version: version + 1 }, timeToLive)
          : storage.delete(prefix + key)
      }),
    async destroy(key, version) {
      if (version === 0) return { ok: false, current: await load(key) }
      return change(key, version, () => storage.delete(prefix + key))
    },
  }
}

function isSession(value: unknown): value is StoredSession {
  const { data, expires, version } = Object(value) as Partial<StoredSession>
  return typeof data === 'string' && typeof expires === 'number' && typeof version === 'number'
}
