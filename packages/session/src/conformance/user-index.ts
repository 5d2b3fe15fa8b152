import { hasUserIndex, type IndexedSessionStore } from '../stores/store.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { expectEqual } from './expect.ts'

const MINUTE = 60_000

/** Tests of `listByUser` and `destroyByUser`, which pass if the store does not have them. */
export const userIndex: readonly ConformanceCase[] = [
  indexed('lists the sessions of a user as they were last committed', async (store) => {
    const expires = soon()
    await store.commit('a', { data: 'one', expires, user: 'ada' }, 0)
    await store.commit('a', { data: 'two', expires, user: 'ada' }, 1)
    await store.commit('b', { data: 'three', expires, user: 'ada' }, 0)
    await store.commit('c', { data: 'four', expires, user: 'eve' }, 0)
    await store.commit('d', { data: 'five', expires }, 0)
    expectEqual(await list(store, 'ada'), [
      { key: 'a', data: 'two', expires, version: 2 },
      { key: 'b', data: 'three', expires, version: 1 },
    ])
    expectEqual(await list(store, 'nobody'), [])
  }),
  indexed('lists a session only under the user of its last commit', async (store) => {
    await store.commit('k', entry('ada'), 0)
    await store.commit('k', entry('eve'), 1)
    expectEqual([await keys(store, 'ada'), await keys(store, 'eve')], [[], ['k']])
    await store.commit('k', entry(undefined), 2)
    expectEqual([await keys(store, 'ada'), await keys(store, 'eve')], [[], []])
    await store.commit('k', entry('ada'), 3)
    expectEqual([await keys(store, 'ada'), await keys(store, 'eve')], [['k'], []])
  }),
  indexed('does not list a session under the user of a rejected commit', async (store) => {
    await store.commit('k', entry('ada'), 0)
    await store.commit('k', entry('eve'), 0)
    await store.commit('none', entry('eve'), 1)
    expectEqual([await keys(store, 'ada'), await keys(store, 'eve')], [['k'], []])
    expectEqual(await store.destroyByUser('eve'), 0)
    expectEqual((await store.load('k'))?.version, 1)
  }),
  indexed('lists neither destroyed nor expired sessions', async (store) => {
    await store.commit('destroyed', entry('ada'), 0)
    await store.destroy('destroyed', 1)
    await store.commit('expired', { ...entry('ada'), expires: Date.now() - 1 }, 0)
    await store.commit('k', entry('ada'), 0)
    expectEqual(await keys(store, 'ada'), ['k'])
    expectEqual(await store.destroyByUser('ada'), 1)
  }),
  indexed('destroys the sessions of a user, and later commits do not bring them back', async (store) => {
    await store.commit('a', entry('ada'), 0)
    await store.commit('b', entry('ada'), 0)
    await store.commit('b', entry('ada'), 1)
    await store.commit('c', entry('eve'), 0)
    expectEqual(await store.destroyByUser('ada'), 2)
    expectEqual(await keys(store, 'ada'), [])
    expectEqual([await store.load('a'), await store.load('b')], [undefined, undefined])
    expectEqual(await store.commit('b', entry('ada'), 2), { ok: false, current: undefined })
    expectEqual(await keys(store, 'eve'), ['c'])
    expectEqual(await store.destroyByUser('ada'), 0)
  }),
  indexed('keeps one session of a user if asked to', async (store) => {
    for (const key of ['a', 'b', 'c']) await store.commit(key, entry('ada'), 0)
    expectEqual(await store.destroyByUser('ada', 'b'), 2)
    expectEqual(await keys(store, 'ada'), ['b'])
  }),
  indexed('finds the sessions of users with unusual names', async (store) => {
    const users = [
      ' ',
      'a b',
      'A B',
      '{a}',
      '%20',
      'ada@example.com',
      '\u00e4\u20ac\u{1f600}',
      '"\'\\;--',
      '__proto__',
      'a\0b',
      'a\0c',
      '\uffff',
      'x'.repeat(255),
    ]
    for (const [index, user] of users.entries()) await store.commit(`k${index}`, entry(user), 0)
    for (const [index, user] of users.entries()) expectEqual(await keys(store, user), [`k${index}`])
  }),
  indexed('destroys every session of a user while many are committed', async (store) => {
    const names = Array.from({ length: 20 }, (_, n) => `k${n}`)
    const commits = names.map(async (key) => {
      await store.commit(key, entry('ada'), 0)
      await store.commit(key, entry('ada'), 1)
    })
    await store.destroyByUser('ada')
    await Promise.all(commits)
    // What was committed too late is listed, so the next call destroys it.
    const left = await keys(store, 'ada')
    const found = await Promise.all(names.map((key) => store.load(key)))
    expectEqual(left.length, found.filter((stored) => stored !== undefined).length)
    expectEqual(await store.destroyByUser('ada'), left.length)
    expectEqual(await keys(store, 'ada'), [])
  }),
]

function indexed(name: string, run: (store: IndexedSessionStore) => Promise<void>): ConformanceCase {
  return {
    name,
    async run(store) {
      if (hasUserIndex(store)) await run(store)
    },
  }
}

function entry(user: string | undefined) {
  return { data: '', expires: soon(), user }
}

async function list(store: IndexedSessionStore, user: string) {
  return [...(await store.listByUser(user))].sort((a, b) => (a.key < b.key ? -1 : 1))
}

async function keys(store: IndexedSessionStore, user: string): Promise<readonly string[]> {
  return (await list(store, user)).map(({ key }) => key)
}

function soon(): number {
  return Date.now() + MINUTE
}
