import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { SessionStore } from '../src/index.ts'
import { memoryStore } from '../src/stores/memory/memory.ts'
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
  const remote = async <T>(work: () => T): Promise<T> => {
    await setTimeout(Math.random() * 3)
    const result = work()
    await setTimeout(Math.random() * 3)
    return result
  }
  return {
    load: (key) => remote(() => store.load(key)),
    commit: (key, entry, version) => remote(() => store.commit(key, entry, version)),
    destroy: (key, version) => remote(() => store.destroy(key, version)),
    listByUser: (user) => remote(() => store.listByUser(user)),
    destroyByUser: (user, exceptKey) => remote(() => store.destroyByUser(user, exceptKey)),
  }
}

/** Every kind of shared store, empty. */
export const sharedStores: readonly (readonly [name: string, create: () => SessionStore])[] = [
  ['memory', () => memoryStore()],
  ['SQLite', fileStore],
  ['a remote store', remoteStore],
]
