import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { memoryStore } from '../src/memory.ts'
import { sqliteStore } from '../src/sqlite.ts'
import type { Store } from '../src/store.ts'

/** A path for a database of its own. */
export function databasePath(): string {
  return join(mkdtempSync(join(tmpdir(), 'tsgi-session-')), 'sessions.db')
}

/** A store as one over a network is: each answer comes after a while, in no certain order. */
export function remoteStore(): Store {
  const store = memoryStore()
  const there = () => setTimeout(Math.random() * 3)
  const back = there
  return {
    async load(key) {
      await there()
      const stored = store.load(key)
      await back()
      return stored
    },
    async commit(key, entry, version) {
      await there()
      const outcome = store.commit(key, entry, version)
      await back()
      return outcome
    },
    async destroy(key, version) {
      await there()
      const outcome = store.destroy(key, version)
      await back()
      return outcome
    },
  }
}

/** Every kind of shared store, empty. */
export const sharedStores: readonly (readonly [name: string, make: () => Store])[] = [
  ['memory', () => memoryStore()],
  ['SQLite', () => sqliteStore({ path: databasePath() })],
  ['a store over a network', remoteStore],
]
