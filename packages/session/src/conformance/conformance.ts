import type { SessionEntry, SessionStore } from '../stores/store.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { entries } from './entries.ts'
import { expect, expectEqual } from './expect.ts'
import { races } from './races.ts'
import { userIndex } from './user-index.ts'

export type { ConformanceCase } from './conformance-case.ts'

const MINUTE = 60_000

/**
 * Tests that every {@link SessionStore} must pass, for any test runner. Each case needs an empty store.
 *
 * @example
 * ```ts
 * import { conformance } from '@tsgi/session/conformance'
 * import { memoryStore } from '@tsgi/session/memory'
 *
 * for (const { run } of conformance) await run(memoryStore())
 * ```
 */
export const conformance: readonly ConformanceCase[] = [
  {
    name: 'returns undefined for an unknown key',
    async run(store) {
      expectEqual(await store.load('none'), undefined)
    },
  },
  {
    name: 'stores a new session with version 1',
    async run(store) {
      const made = entry('one')
      expectEqual(await store.commit('k', made, 0), { ok: true })
      expectEqual(await store.load('k'), { ...made, version: 1 })
    },
  },
  {
    name: 'replaces data and expiry against the current version and increments it',
    async run(store) {
      const next = { data: 'two', expires: soon() + MINUTE }
      await store.commit('k', entry('one'), 0)
      expectEqual(await store.commit('k', next, 1), { ok: true })
      expectEqual(await store.load('k'), { ...next, version: 2 })
    },
  },
  {
    name: 'increments the version when the same entry is committed again',
    async run(store) {
      const same = entry('same')
      await store.commit('k', same, 0)
      await store.commit('k', same, 1)
      expectEqual((await store.load('k'))?.version, 2)
    },
  },
  {
    name: 'rejects creating a session that exists and returns the existing one',
    async run(store) {
      const made = entry('one')
      await store.commit('k', made, 0)
      expectEqual(await store.commit('k', entry('other'), 0), { ok: false, current: { ...made, version: 1 } })
      expectEqual((await store.load('k'))?.data, 'one')
    },
  },
  {
    name: 'rejects a commit against an old or a future version and returns the current session',
    async run(store) {
      const current = { ...entry('two'), version: 2 }
      await store.commit('k', entry('one'), 0)
      await store.commit('k', { data: current.data, expires: current.expires }, 1)
      expectEqual(await store.commit('k', entry('late'), 1), { ok: false, current })
      expectEqual(await store.commit('k', entry('early'), 3), { ok: false, current })
      expectEqual(await store.load('k'), current)
    },
  },
  {
    name: 'rejects a commit to a session that does not exist and stores nothing',
    async run(store) {
      expectEqual(await store.commit('k', entry('one'), 1), { ok: false, current: undefined })
      expectEqual(await store.load('k'), undefined)
    },
  },
  {
    name: 'destroys a session against the current version',
    async run(store) {
      await store.commit('k', entry('one'), 0)
      expectEqual(await store.destroy('k', 1), { ok: true })
      expectEqual(await store.load('k'), undefined)
    },
  },
  {
    name: 'rejects destroying against another version and returns the current session',
    async run(store) {
      const current = { ...entry('two'), version: 2 }
      await store.commit('k', entry('one'), 0)
      await store.commit('k', { data: current.data, expires: current.expires }, 1)
      expectEqual(await store.destroy('k', 1), { ok: false, current })
      expectEqual(await store.load('k'), current)
      expectEqual(await store.destroy('none', 1), { ok: false, current: undefined })
    },
  },
  {
    name: 'does not bring back a destroyed session',
    async run(store) {
      await store.commit('k', entry('one'), 0)
      await store.destroy('k', 1)
      expectEqual(await store.commit('k', entry('late'), 1), { ok: false, current: undefined })
      expectEqual(await store.load('k'), undefined)
    },
  },
  {
    name: 'does not return expired sessions',
    async run(store) {
      await store.commit('k', { data: 'old', expires: Date.now() - 1 }, 0)
      expectEqual(await store.load('k'), undefined)
      expectEqual(await store.commit('k', entry('late'), 1), { ok: false, current: undefined })
      expectEqual(await store.destroy('k', 1), { ok: false, current: undefined })
    },
  },
  {
    name: 'creates a session under the key of an expired one',
    async run(store) {
      const made = entry('new')
      await store.commit('k', { data: 'old', expires: Date.now() - 1 }, 0)
      expectEqual(await store.commit('k', made, 0), { ok: true })
      expectEqual(await store.load('k'), { ...made, version: 1 })
    },
  },
  {
    name: 'is not affected by later changes to the object that was committed',
    async run(store) {
      const made = { ...entry('one') }
      await store.commit('k', made, 0)
      made.data = 'changed'
      expectEqual((await store.load('k'))?.data, 'one')
    },
  },
  {
    name: 'returns no promise from load if it claims to be synchronous',
    async run(store) {
      if (!store.synchronous) return
      await store.commit('k', entry('one'), 0)
      expect(!isPromise(store.load('k')) && !isPromise(store.load('none')), 'load returned a promise')
    },
  },
  ...entries,
  ...races,
  ...userIndex,
]

function entry(data: string): SessionEntry {
  return { data, expires: soon() }
}

function soon(): number {
  return Date.now() + MINUTE
}

function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}
