import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { SessionStore } from '../src/index.ts'
import { memoryStore } from '../src/stores/memory.ts'
import { sqliteStore } from '../src/stores/sqlite.ts'

/** Returns a path for a database, which is deleted when the current test finishes. */
export function databasePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-session-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'sessions.db')
}

function fileStore(): SessionStore {
  const store = sqliteStore({ path: databasePath() })
  onTestFinished(() => store.close())
  return store
}

/** Behaves like a store on another machine: calls take some time and may overtake each other. */
export function remoteStore(): SessionStore {
  const store = memoryStore()
  const latency = () => setTimeout(Math.random() * 3)
  return {
    async load(key) {
      await latency()
      const stored = store.load(key)
      await latency()
      return stored
    },
    async commit(key, entry, version) {
      await latency()
      const commit = store.commit(key, entry, version)
      await latency()
      return commit
    },
    async destroy(key, version) {
      await latency()
      const commit = store.destroy(key, version)
      await latency()
      return commit
    },
  }
}

/** Every kind of shared store, empty. */
export const sharedStores: readonly (readonly [name: string, create: () => SessionStore])[] = [
  ['memory', () => memoryStore()],
  ['SQLite', fileStore],
  ['a remote store', remoteStore],
]
