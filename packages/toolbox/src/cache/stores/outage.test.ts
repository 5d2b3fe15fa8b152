import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { memoryCache, responseCache } from '../../index.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** A site whose store fails while `isDown`, or whose deletions are rejected. */
function site() {
  const state = { isDown: false, calls: 0, deleted: [] as string[] }
  const inner = memoryCache()
  const attempt = <T>(call: () => T): T => {
    if (state.isDown) throw new Error('down')
    return call()
  }
  const store = {
    get: (key: string) => attempt(() => inner.get(key)),
    set: (...record: Parameters<typeof inner.set>) => attempt(() => inner.set(...record)),
    delete: (key: string) =>
      attempt(() => {
        state.deleted.push(key)
        return inner.delete(key)
      }),
  }
  const app = responseCache({ store })(({ headers }) => {
    state.calls++
    const vary = headers.has('x-vary') ? { vary: 'x-vary' } : undefined
    return text(`${state.calls}`, { headers: { 'cache-control': 'max-age=3600', ...vary } })
  })
  const web = client(app, { errors: { write() {} } })
  const read = async (path: string, headers = {}) => (await web.get(path, { headers })).text()
  return { state, web, read }
}

it.each([{}, { 'x-vary': 'a' }])(
  'a response that changed during an outage is not sent afterwards: %j',
  async (headers) => {
    const { state, web, read } = site()
    expect(await read('/a', headers)).toBe('1')
    expect(await read('/a', headers)).toBe('1')
    state.isDown = true
    await web.get('/other')
    // Within the second in which the store is not asked.
    await web.post('/a')
    state.isDown = false
    vi.advanceTimersByTime(500)
    expect(await read('/a', headers)).toBe('4')
    vi.advanceTimersByTime(1_000)
    expect(await read('/a', headers)).toBe('5')
    expect(await read('/a', headers)).toBe('5')
  },
)

it('a record that could not be deleted is deleted for other processes, too', async () => {
  const { state, web, read } = site()
  await read('/a')
  state.isDown = true
  await web.post('/a')
  vi.advanceTimersByTime(1_500)
  await read('/b')
  expect(state.deleted).toEqual([])
  state.isDown = false
  vi.advanceTimersByTime(1_500)
  await read('/b')
  expect(state.deleted).toHaveLength(1)
  await read('/b')
  expect(state.deleted).toHaveLength(1)
})

it('a deletion that is confirmed late says nothing about a later one', async () => {
  const inner = memoryCache()
  const late: (() => void)[] = []
  let isDown = false
  const store = {
    ...inner,
    get: (key: string) => {
      if (isDown) throw new Error('down')
      return inner.get(key)
    },
    delete: async (key: string) => {
      inner.delete(key)
      // Only the first one is late.
      if (late.length === 0) await new Promise<void>((resolve) => late.push(resolve))
    },
  }
  let calls = 0
  const app = responseCache({ store, storeTimeout: '1m' })(() =>
    text(`${++calls}`, { headers: { 'cache-control': 'max-age=3600' } }),
  )
  const web = client(app, { errors: { write() {} } })
  const first = web.post('/a')
  expect(await (await web.get('/a')).text()).toBe('2')
  expect(await (await web.get('/a')).text()).toBe('2')
  isDown = true
  await web.get('/b')
  // The store is not asked.
  await web.post('/a')
  isDown = false
  late[0]!()
  await first
  vi.advanceTimersByTime(1_500)
  expect(await (await web.get('/a')).text()).toBe('5')
})

it('all older responses are distrusted if there are too many of them', async () => {
  const { state, web, read } = site()
  await read('/a')
  await read('/b')
  state.isDown = true
  await web.post('/b')
  for (let count = 0; count < 110; count++) await web.post(`/${count}`.padEnd(10_000, 'x'))
  state.isDown = false
  vi.advanceTimersByTime(1_500)
  const calls = state.calls
  expect(await read('/b')).toBe(`${calls + 1}`)
  expect(await read('/a')).toBe(`${calls + 2}`)
  expect(await read('/a')).toBe(`${calls + 2}`)
})
