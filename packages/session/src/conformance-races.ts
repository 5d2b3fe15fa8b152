import type { ConformanceCase } from './conformance.ts'
import { expect, expectEqual } from './conformance-expect.ts'
import type { Awaitable, Store } from './store.ts'

/** What a store must do when it is asked many things at once. */
export const races: readonly ConformanceCase[] = [
  {
    name: 'lets one of many create',
    async run(store) {
      const outcomes = await many(50, (n) => commit(store, `${n}`, 0))
      expectEqual(outcomes.filter(({ ok }) => ok).length, 1)
      expectEqual((await store.load('k'))?.data, `${outcomes.findIndex(({ ok }) => ok)}`)
    },
  },
  {
    name: 'lets one of many commit against the same version',
    async run(store) {
      await commit(store, 'first', 0)
      const outcomes = await many(50, (n) => commit(store, `${n}`, 1))
      expectEqual(outcomes.filter(({ ok }) => ok).length, 1)
      const { data, version } = (await store.load('k')) ?? {}
      expectEqual({ data, version }, { data: `${outcomes.findIndex(({ ok }) => ok)}`, version: 2 })
    },
  },
  {
    name: 'lets one of many commits and destroys win',
    async run(store) {
      await commit(store, 'first', 0)
      const outcomes = await many(50, (n) => (n % 2 ? commit(store, `${n}`, 1) : store.destroy('k', 1)))
      const winner = outcomes.findIndex(({ ok }) => ok)
      expectEqual(outcomes.filter(({ ok }) => ok).length, 1)
      expectEqual((await store.load('k'))?.data, winner % 2 ? `${winner}` : undefined)
    },
  },
  {
    name: 'loses none of 200 changes that are tried until they are made',
    async run(store) {
      await commit(store, '', 0)
      await many(200, () => append(store))
      const { data, version } = (await store.load('k')) ?? {}
      expectEqual({ length: data?.length, version }, { length: 200, version: 201 })
    },
  },
]

async function append(store: Store): Promise<void> {
  let current = await store.load('k')
  // Each round one of the competitors wins, so that none is refused more often than there are others.
  for (let attempt = 0; attempt < 200; attempt++) {
    expect(current !== undefined, 'what was there is gone')
    const outcome = await commit(store, `${current?.data}x`, current?.version ?? 0)
    if (outcome.ok) return
    current = outcome.current
  }
  expect(false, 'a commit was refused 200 times though only 199 others were made')
}

function commit(store: Store, data: string, version: number): ReturnType<Store['commit']> {
  return store.commit('k', { data, expires: Date.now() + 60_000 }, version)
}

function many<T>(count: number, work: (n: number) => Awaitable<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, async (_, n) => work(n)))
}
