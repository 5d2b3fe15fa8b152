import type { Awaitable } from '@tsgi/core'
import type { SessionStore } from '../stores/store.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { expect, expectEqual } from './expect.ts'

/** Tests with many calls at the same time. */
export const races: readonly ConformanceCase[] = [
  {
    name: 'lets one of many concurrent calls create the session',
    async run(store) {
      const commits = await many(50, (n) => commit(store, `${n}`, 0))
      expectEqual(commits.filter(({ ok }) => ok).length, 1)
      expectEqual((await store.load('k'))?.data, `${commits.findIndex(({ ok }) => ok)}`)
    },
  },
  {
    name: 'lets one of many concurrent commits against the same version succeed',
    async run(store) {
      await commit(store, 'first', 0)
      const commits = await many(50, (n) => commit(store, `${n}`, 1))
      expectEqual(commits.filter(({ ok }) => ok).length, 1)
      const { data, version } = (await store.load('k')) ?? {}
      expectEqual({ data, version }, { data: `${commits.findIndex(({ ok }) => ok)}`, version: 2 })
    },
  },
  {
    name: 'lets one of many concurrent commits and destroys succeed',
    async run(store) {
      await commit(store, 'first', 0)
      const commits = await many(50, (n) => (n % 2 ? commit(store, `${n}`, 1) : store.destroy('k', 1)))
      const winner = commits.findIndex(({ ok }) => ok)
      expectEqual(commits.filter(({ ok }) => ok).length, 1)
      expectEqual((await store.load('k'))?.data, winner % 2 ? `${winner}` : undefined)
    },
  },
  {
    name: 'loses none of 200 changes by 20 concurrent clients that retry until they succeed',
    async run(store) {
      await commit(store, '', 0)
      await many(20, async () => {
        for (let change = 0; change < 10; change++) await append(store)
      })
      const { data, version } = (await store.load('k')) ?? {}
      expectEqual({ length: data?.length, version }, { length: 200, version: 201 })
    },
  },
]

async function append(store: SessionStore): Promise<void> {
  let current = await store.load('k')
  // One of them succeeds in each round, so none is rejected more often than there are others.
  for (let attempt = 0; attempt < 200; attempt++) {
    expect(current !== undefined, 'the session has disappeared')
    const result = await commit(store, `${current?.data}x`, current?.version ?? 0)
    if (result.ok) return
    current = result.current
  }
  expect(false, 'a commit was rejected 200 times although there were only 199 others')
}

function commit(store: SessionStore, data: string, version: number): ReturnType<SessionStore['commit']> {
  return store.commit('k', { data, expires: Date.now() + 60_000 }, version)
}

function many<T>(count: number, work: (n: number) => Awaitable<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, async (_, n) => work(n)))
}
