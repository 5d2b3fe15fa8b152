import { RecencyMap } from './recency-map.ts'
import type { Entry, Outcome, Store, Stored } from './store.ts'

/** The options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** How many sessions it keeps; 10,000 unless given. */
  readonly maxSessions?: number
  /** How many characters of data it keeps in all; 64 Mi (2²⁶) unless given. */
  readonly maxSize?: number
}

/** A store that {@link memoryStore} made: it answers at once. */
export interface MemoryStore extends Store {
  readonly synchronous: true
  readonly processLocal: true
  /** How many sessions it keeps now, those not yet swept included. */
  readonly size: number
  load(key: string): Stored | undefined
  commit(key: string, entry: Entry, version: number): Outcome
  destroy(key: string, version: number): Outcome
}

/**
 * Keeps sessions in this process, until it ends: for development, tests and a single process.
 *
 * It is bounded: over either limit, what was used least recently is forgotten first. What has ended is swept a
 * little with every commit, so that no timer is needed.
 *
 * @throws TypeError naming the option, where a limit is not a whole number above 0.
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
  const { maxSessions = 10_000, maxSize = 2 ** 26 } = options
  for (const [name, value] of Object.entries({ maxSessions, maxSize })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new TypeError(`memoryStore: ${name} must be a whole number above 0, got ${value}`)
    }
  }
  const sessions = new RecencyMap<Stored>()
  let characters = 0

  function remove(key: string): void {
    characters -= sessions.peek(key)?.data.length ?? 0
    sessions.delete(key)
  }

  function put(key: string, stored: Stored): void {
    characters += stored.data.length - (sessions.peek(key)?.data.length ?? 0)
    sessions.set(key, stored)
  }

  function find(key: string): Stored | undefined {
    const stored = sessions.peek(key)
    if (stored === undefined || stored.expires > Date.now()) return stored
    remove(key)
    return undefined
  }

  /** Two looked at for each one put in: nothing that has ended stays for long, and no commit takes long. */
  function sweep(): void {
    const now = Date.now()
    let looked = 0
    for (const [key, { expires }] of sessions) {
      if (expires <= now) remove(key)
      if (++looked === 2) return
    }
  }

  /** The one put in last stays, whatever its size. */
  function evict(): void {
    for (const [key] of sessions) {
      if (sessions.size === 1 || (sessions.size <= maxSessions && characters <= maxSize)) return
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
    commit(key, { data, expires }, version) {
      const current = find(key)
      if ((current?.version ?? 0) !== version) return { ok: false, current }
      sweep()
      put(key, Object.freeze({ data, expires, version: version + 1 }))
      evict()
      return { ok: true }
    },
    destroy(key, version) {
      const current = find(key)
      if (current === undefined || current.version !== version) return { ok: false, current }
      remove(key)
      return { ok: true }
    },
  }
}
