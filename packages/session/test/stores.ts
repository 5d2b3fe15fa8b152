import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { memoryStore } from '../src/memory.ts'
import { sqliteStore } from '../src/sqlite.ts'
import type { Store } from '../src/store.ts'

/** A path for a database of the running test's own. */
export function databasePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-session-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'sessions.db')
}

function fileStore(): Store {
  const store = sqliteStore({ path: databasePath() })
  onTestFinished(() => store.close())
  return store
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
  ['SQLite', fileStore],
  ['a store over a network', remoteStore],
]
