import { expect, expectEqual } from './conformance-expect.ts'
import { races } from './conformance-races.ts'
import type { Awaitable, Entry, Store } from './store.ts'

/** One thing that a store must do. */
export interface ConformanceCase {
  /** What it is, as the name of a test. */
  readonly name: string
  /**
   * Tries it on a store.
   *
   * @throws Error (by rejection) saying what was expected and what came.
   */
  run(store: Store): Promise<void>
}

const MINUTE = 60_000

/**
 * What every {@link Store} must do, for any test runner. Each case wants a store with nothing in it.
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
    name: 'has nothing under an unknown key',
    async run(store) {
      expectEqual(await store.load('none'), undefined)
    },
  },
  {
    name: 'keeps an entry with version 1 when it is created',
    async run(store) {
      const made = entry('one')
      expectEqual(await store.commit('k', made, 0), { ok: true })
      expectEqual(await store.load('k'), { ...made, version: 1 })
    },
  },
  {
    name: 'keeps entries apart by key, whose case counts',
    async run(store) {
      await store.commit('k', entry('lower'), 0)
      await store.commit('K', entry('upper'), 0)
      expectEqual((await store.load('k'))?.data, 'lower')
      expectEqual((await store.load('K'))?.data, 'upper')
    },
  },
  {
    name: 'replaces data and end against the current version, and counts it up',
    async run(store) {
      const next = { data: 'two', expires: soon() + MINUTE }
      await store.commit('k', entry('one'), 0)
      expectEqual(await store.commit('k', next, 1), { ok: true })
      expectEqual(await store.load('k'), { ...next, version: 2 })
    },
  },
  {
    name: 'counts a commit of the same entry as one',
    async run(store) {
      const same = entry('same')
      await store.commit('k', same, 0)
      await store.commit('k', same, 1)
      expectEqual((await store.load('k'))?.version, 2)
    },
  },
  {
    name: 'refuses to create what is there, and tells what that is',
    async run(store) {
      const made = entry('one')
      await store.commit('k', made, 0)
      expectEqual(await store.commit('k', entry('other'), 0), { ok: false, current: { ...made, version: 1 } })
      expectEqual((await store.load('k'))?.data, 'one')
    },
  },
  {
    name: 'refuses a commit against an old version or one to come, and tells what is there',
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
    name: 'refuses a commit to what is not there, and leaves nothing',
    async run(store) {
      expectEqual(await store.commit('k', entry('one'), 1), { ok: false, current: undefined })
      expectEqual(await store.load('k'), undefined)
    },
  },
  {
    name: 'destroys against the current version',
    async run(store) {
      await store.commit('k', entry('one'), 0)
      expectEqual(await store.destroy('k', 1), { ok: true })
      expectEqual(await store.load('k'), undefined)
    },
  },
  {
    name: 'refuses to destroy against another version, and tells what is there',
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
    name: 'does not bring back what was destroyed',
    async run(store) {
      await store.commit('k', entry('one'), 0)
      await store.destroy('k', 1)
      expectEqual(await store.commit('k', entry('late'), 1), { ok: false, current: undefined })
      expectEqual(await store.load('k'), undefined)
    },
  },
  {
    name: 'does not have what has ended',
    async run(store) {
      await store.commit('k', { data: 'old', expires: Date.now() - 1 }, 0)
      expectEqual(await store.load('k'), undefined)
      expectEqual(await store.commit('k', entry('late'), 1), { ok: false, current: undefined })
      expectEqual(await store.destroy('k', 1), { ok: false, current: undefined })
    },
  },
  {
    name: 'creates in the place of what has ended',
    async run(store) {
      const made = entry('new')
      await store.commit('k', { data: 'old', expires: Date.now() - 1 }, 0)
      expectEqual(await store.commit('k', made, 0), { ok: true })
      expectEqual(await store.load('k'), { ...made, version: 1 })
    },
  },
  {
    name: 'gives back any text as it was',
    async run(store) {
      const texts = ['', '\0', `'"\\;--`, '{"a":"\\ud800"}', 'ä€😀\r\n\t', '\u2028', 'x'.repeat(2 ** 16)]
      for (const [index, data] of texts.entries()) {
        await store.commit(`k${index}`, entry(data), 0)
        expectEqual((await store.load(`k${index}`))?.data, data)
      }
    },
  },
  {
    name: 'is not changed by a change of what went in',
    async run(store) {
      const made = { ...entry('one') }
      await store.commit('k', made, 0)
      made.data = 'changed'
      expectEqual((await store.load('k'))?.data, 'one')
    },
  },
  {
    name: 'answers load at once if it says so',
    async run(store) {
      if (!store.synchronous) return
      await store.commit('k', entry('one'), 0)
      expect(!isPromise(store.load('k')) && !isPromise(store.load('none')), 'load returned a promise')
    },
  },
  ...races,
]

function entry(data: string): Entry {
  return { data, expires: soon() }
}

function soon(): number {
  return Date.now() + MINUTE
}

function isPromise(value: Awaitable<unknown>): boolean {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}
