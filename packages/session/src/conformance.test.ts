import { describe, expect, it } from 'vitest'
import { sharedStores } from '../test/stores.ts'
import { conformance } from './conformance.ts'
import { memoryStore } from './memory.ts'
import type { Store, Stored } from './store.ts'

describe.each(sharedStores)('%s', (_, make) => {
  it.each(conformance.map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
    await run(make())
  })
})

describe('conformance', () => {
  const good = memoryStore()
  // Stores with one fault each, and what is said of them.
  const faulty: readonly (readonly [fault: string, store: () => Store, message: RegExp])[] = [
    ['never keeps', () => ({ ...good, load: () => undefined, commit: () => ({ ok: true }) }), /expected/],
    ['does not look at versions', () => lastWins(), /refuses a commit against an old version/],
    ['brings back the dead', () => creating(), /refuses a commit to what is not there/],
    ['checks and writes in two steps', () => twoSteps(), /lets one of many/],
    ['keeps what has ended', () => immortal(), /does not have what has ended/],
    ['says it is synchronous', () => pretender(), /answers load at once/],
  ]

  it.each(faulty)('finds out a store that %s', async (_, make, message) => {
    const failures: string[] = []
    for (const { name, run } of conformance) {
      await run(make()).catch((error: Error) => failures.push(`${name}: ${error.message}`))
    }
    expect(failures.join('\n')).toMatch(message)
  })
})

function lastWins(): Store {
  const kept = new Map<string, Stored>()
  return {
    load: (key) => kept.get(key),
    commit(key, entry) {
      kept.set(key, { ...entry, version: (kept.get(key)?.version ?? 0) + 1 })
      return { ok: true }
    },
    destroy(key) {
      kept.delete(key)
      return { ok: true }
    },
  }
}

function creating(): Store {
  const store = memoryStore()
  return {
    ...store,
    commit: (key, entry, version) => store.commit(key, entry, store.load(key) ? version : 0),
  }
}

function twoSteps(): Store {
  const kept = new Map<string, Stored>()
  return {
    load: async (key) => kept.get(key),
    async commit(key, entry, version) {
      const current = kept.get(key)
      await Promise.resolve()
      if ((current?.version ?? 0) !== version) return { ok: false, current }
      kept.set(key, { ...entry, version: version + 1 })
      return { ok: true }
    },
    async destroy(key, version) {
      const current = kept.get(key)
      if (current?.version !== version) return { ok: false, current }
      kept.delete(key)
      return { ok: true }
    },
  }
}

function immortal(): Store {
  const store = memoryStore()
  const expires = Date.now() + 2 ** 40
  return {
    ...store,
    commit: (key, entry, version) => store.commit(key, { ...entry, expires }, version),
  }
}

function pretender(): Store {
  const store = memoryStore()
  return { ...store, load: async (key) => store.load(key) }
}
