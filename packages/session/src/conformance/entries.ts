import type { SessionEntry, SessionStore } from '../stores/store.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { expect, expectEqual } from './expect.ts'

const DAY = 86_400_000

/** Tests with unusual texts, keys and expiries. */
export const entries: readonly ConformanceCase[] = [
  {
    name: 'returns any text unchanged',
    async run(store) {
      const texts = ['', ' ', '\0', '\ufeff', '\uffff', `'"\\;--`, '{"a":"\\ud800"}', 'ä€😀\r\n\t', '\u2028']
      // Values that a store or its client might parse or trim.
      const parsed = ['0', '1 2 ', 'null', 'true', '{"__proto__":{}}', '[object Object]', '\\x00', ' a ']
      for (const [index, data] of [...texts, ...parsed].entries()) {
        await store.commit(`k${index}`, entry(data), 0)
        expectEqual((await store.load(`k${index}`))?.data, data)
      }
    },
  },
  {
    name: 'returns a text of a million characters unchanged',
    async run(store) {
      const data = 'aä€😀'.repeat(200_000)
      await store.commit('k', entry('one'), 0)
      await store.commit('k', entry(data), 1)
      expect((await store.load('k'))?.data === data, 'the text has changed')
    },
  },
  {
    name: 'distinguishes keys by every character',
    async run(store) {
      const keys = ['a', 'A', '-', '_'].map((first) => first + 'k'.repeat(42))
      for (const key of keys) await store.commit(key, entry(key), 0)
      for (const key of keys) expectEqual((await store.load(key))?.data, key)
    },
  },
  {
    name: 'returns an expiry in 400 days unchanged',
    async run(store) {
      const made = { data: '', expires: Date.now() + 400 * DAY }
      await store.commit('k', made, 0)
      expectEqual(await store.load('k'), { ...made, version: 1 })
    },
  },
  {
    name: 'returns a session until it expires, to the second',
    async run(store) {
      const expires = Date.now() + 600
      await store.commit('k', { data: '', expires }, 0)
      const left = expires - (await lastSeen(store, 'k', expires + 1500))
      expect(left < 500, `the session disappeared ${left} ms before it expired`)
      expect(left > -1000, `the session was there ${-left} ms after it had expired`)
    },
  },
]

/** Returns when a session was last there. */
async function lastSeen(store: SessionStore, key: string, deadline: number): Promise<number> {
  for (let seen = Date.now(); ; ) {
    const now = Date.now()
    if ((await store.load(key)) === undefined || now > deadline) return seen
    seen = now
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function entry(data: string): SessionEntry {
  return { data, expires: Date.now() + 60_000 }
}
