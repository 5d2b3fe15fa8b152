import { describe, expect, it } from 'vitest'
import { sharedStores } from '../../test/stores.ts'
import { memoryStore } from '../stores/memory/memory.ts'
import type { SessionStore, StoredSession } from '../stores/store.ts'
import { conformance } from './conformance.ts'

describe.each(sharedStores)('%s', (_, make) => {
  it.each(conformance.map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
    await run(make())
  })
})

describe('conformance', () => {
  const good = memoryStore()
  // Stores with one bug each, and the message of the case that fails.
  const faulty: readonly (readonly [fault: string, store: () => SessionStore, message: RegExp])[] = [
    ['stores nothing', () => ({ ...good, load: () => undefined, commit: () => ({ ok: true }) }), /expected/],
    ['ignores versions', () => lastWins(), /rejects a commit against an old/],
    [
      'creates sessions against any version',
      () => creating(),
      /rejects a commit to a session that does not exist/,
    ],
    ['checks and writes in two steps', () => twoSteps(), /lets one of many concurrent/],
    ['returns expired sessions', () => immortal(), /does not return expired sessions/],
    ['claims to be synchronous but is not', () => pretender(), /returns no promise from load/],
    ['never forgets the user of a session', () => clinging(), /only under the user of its last commit/],
    ['ends the sessions of everyone', () => sweeping(), /destroys the sessions of a user, and later/],
  ]

  // The other case waits for the end of a session, and finds none of these bugs.
  const immediate = conformance.filter(
    ({ name }) => name !== 'returns a session until it expires, to the second',
  )
  it.each(faulty)('detects a store that %s', async (_, make, message) => {
    const failures: string[] = []
    for (const { name, run } of immediate) {
      await run(make()).catch((error: Error) => failures.push(`${name}: ${error.message}`))
    }
    expect(failures.join('\n')).toMatch(message)
  })
})

function lastWins(): SessionStore {
  const sessions = new Map<string, StoredSession>()
  return {
    load: (key) => sessions.get(key),
    commit(key, entry) {
      sessions.set(key, { ...entry, version: (sessions.get(key)?.version ?? 0) + 1 })
      return { ok: true }
    },
    destroy(key) {
      sessions.delete(key)
      return { ok: true }
    },
  }
}

function creating(): SessionStore {
  const store = memoryStore()
  return {
    ...store,
    commit: (key, entry, version) => store.commit(key, entry, store.load(key) ? version : 0),
  }
}

function twoSteps(): SessionStore {
  const sessions = new Map<string, StoredSession>()
  return {
    load: async (key) => sessions.get(key),
    async commit(key, entry, version) {
      const current = sessions.get(key)
      await Promise.resolve()
      if ((current?.version ?? 0) !== version) return { ok: false, current }
      sessions.set(key, { ...entry, version: version + 1 })
      return { ok: true }
    },
    async destroy(key, version) {
      const current = sessions.get(key)
      if (current?.version !== version) return { ok: false, current }
      sessions.delete(key)
      return { ok: true }
    },
  }
}

function immortal(): SessionStore {
  const store = memoryStore()
  const expires = Date.now() + 2 ** 40
  return {
    ...store,
    commit: (key, entry, version) => store.commit(key, { ...entry, expires }, version),
  }
}

function pretender(): SessionStore {
  const store = memoryStore()
  return { ...store, load: async (key) => store.load(key) }
}

function clinging(): SessionStore {
  const store = memoryStore()
  const keys = new Map<string, Set<string>>()
  return {
    ...store,
    commit(key, entry, version) {
      keys.set(String(entry.user), (keys.get(String(entry.user)) ?? new Set()).add(key))
      return store.commit(key, entry, version)
    },
    listByUser: (user) =>
      [...(keys.get(user) ?? [])].flatMap((key) => {
        const stored = store.load(key)
        return stored ? [{ ...stored, key }] : []
      }),
  }
}

function sweeping(): SessionStore {
  const store = memoryStore()
  return {
    ...store,
    destroyByUser(user) {
      return store.destroyByUser('eve') + store.destroyByUser(user)
    },
  }
}
