import { checkOptions, readLimits } from '@tsgi/core/options'
import type { SessionCommit, SessionEntry, SessionStore, StoredSession, UserSession } from '../store.ts'
import { LruMap } from './lru-map.ts'
import { UserIndex } from './user-index.ts'

/** The options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** The number of sessions to store. Default: 10,000. */
  readonly maxSessions?: number
  /** The number of characters to store in all sessions together. Default: 67,108,864 (64 Mi). */
  readonly maxSize?: number
}

/** The store that {@link memoryStore} creates. All its methods are synchronous. */
export interface MemoryStore extends SessionStore {
  readonly synchronous: true
  readonly processLocal: true
  /** The number of sessions in memory, including expired ones that have not been removed yet. */
  readonly size: number
  load(key: string): StoredSession | undefined
  commit(key: string, entry: SessionEntry, version: number): SessionCommit
  destroy(key: string, version: number): SessionCommit
  listByUser(user: string): readonly UserSession[]
  destroyByUser(user: string, exceptKey?: string): number
}

/** The number of least recently used sessions that each commit checks for expiry. */
const SWEEP = 2

/**
 * Stores sessions in the memory of this process: for development, tests, and applications with a single process.
 *
 * Memory is bounded: if a limit is exceeded, the least recently used sessions are removed. Each commit removes a few
 * expired sessions, so the store needs no timer.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@tsgi/session/memory'
 *
 * const store = memoryStore({ maxSessions: 1 })
 * const expires = Date.now() + 60_000
 * store.commit('a', { data: '', expires }, 0)
 * store.commit('b', { data: '', expires }, 0)
 * store.load('a') // => undefined
 * store.load('b') // => { data: '', expires, version: 1 }
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  checkOptions('memoryStore', options, ['maxSessions', 'maxSize'])
  const { maxSessions, maxSize } = readLimits('memoryStore', options as Record<string, unknown>, {
    maxSessions: { default: 10_000, min: 1, max: 2 ** 24, unit: 'sessions' },
    maxSize: { default: 2 ** 26, min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'characters' },
  })
  const sessions = new LruMap<StoredSession>()
  const users = new UserIndex()
  let size = 0

  function find(key: string): StoredSession | undefined {
    const stored = sessions.peek(key)
    return stored !== undefined && stored.expires > Date.now() ? stored : undefined
  }

  function remove(key: string): void {
    size -= sessions.peek(key)?.data.length ?? 0
    sessions.delete(key)
    users.assign(key, undefined)
  }

  function put(key: string, stored: StoredSession): void {
    size += stored.data.length - (sessions.peek(key)?.data.length ?? 0)
    sessions.set(key, stored)
  }

  function listByUser(user: string): UserSession[] {
    return users.keysOf(user).flatMap((key) => {
      const stored = find(key)
      return stored === undefined ? [] : [{ ...stored, key }]
    })
  }

  function sweep(): void {
    const now = Date.now()
    let checked = 0
    for (const [key, { expires }] of sessions) {
      if (expires <= now) remove(key)
      if (++checked === SWEEP) return
    }
  }

  /** Never removes the session that was just stored, even if it is over the limit. */
  function evict(): void {
    for (const [key] of sessions) {
      if (sessions.size === 1 || (sessions.size <= maxSessions && size <= maxSize)) return
      remove(key)
    }
  }

  return {
    synchronous: true,
    processLocal: true,
    get size() {
      return sessions.size
    },
    load(key) {
      const stored = find(key)
      if (stored !== undefined) sessions.touch(key)
      return stored
    },
    commit(key, { data, expires, user }, version) {
      const current = find(key)
      if ((current?.version ?? 0) !== version) return { ok: false, current }
      sweep()
      put(key, Object.freeze({ data, expires, version: version + 1 }))
      users.assign(key, user)
      evict()
      return { ok: true }
    },
    destroy(key, version) {
      const current = find(key)
      if (current === undefined || current.version !== version) return { ok: false, current }
      remove(key)
      return { ok: true }
    },
    listByUser,
    destroyByUser(user, exceptKey) {
      const ended = listByUser(user).filter(({ key }) => key !== exceptKey)
      for (const { key } of ended) remove(key)
      return ended.length
    },
  }
}
