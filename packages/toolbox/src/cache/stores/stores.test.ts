import { bytes, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type CacheRecord,
  type CacheRedisClient,
  memoryCache,
  type ResponseCacheStore,
  redisCache,
  responseCache,
  type StoredResponse,
} from '../../index.ts'

const fresh = { headers: { 'cache-control': 'max-age=60' } }

function recordOf(body: Uint8Array<ArrayBuffer>): StoredResponse {
  return {
    status: 200,
    statusText: '',
    headers: { 'content-type': 'text/plain' },
    route: undefined,
    body,
    createdAt: 0,
    lifetime: 60_000,
    staleWhileRevalidate: 0,
    staleIfError: 0,
    noCache: false,
    mustRevalidate: false,
    forAuthorized: false,
  }
}

function countingSite(store: ResponseCacheStore, storeTimeout = 20) {
  const seen = { calls: 0 }
  const app = stack(responseCache({ store, storeTimeout }))(() => text(`${++seen.calls}`, fresh))
  return Object.assign(seen, { web: client(app, { errors: { write() {} } }) })
}

afterEach(() => void vi.useRealTimers())

describe('memoryCache', () => {
  it('stays within its size, and removes what was not used for longest', async () => {
    const store = memoryCache({ maxSize: '10KiB' })
    const keys = Array.from({ length: 20 }, (_, n) => `key ${n}`)
    for (const key of keys) {
      store.set(key, recordOf(new Uint8Array(1000)), 1000)
      store.get('key 0')
    }
    const kept = keys.filter((key) => store.get(key) !== undefined)
    expect(kept.length).toBeGreaterThan(3)
    expect(kept.length).toBeLessThanOrEqual(10)
    expect(kept[0]).toBe('key 0')
    expect(kept.slice(1)).toEqual(keys.slice(-(kept.length - 1)))
  })

  it('counts replaced and removed records no more', () => {
    const store = memoryCache({ maxSize: '4KiB' })
    store.set('other', recordOf(new Uint8Array(10)), 1000)
    for (let n = 0; n < 100; n++) store.set('key', recordOf(new Uint8Array(1000)), 1000)
    for (let n = 0; n < 100; n++) {
      store.set('more', recordOf(new Uint8Array(1000)), 1000)
      store.delete('more')
    }
    expect(store.get('other')).toBeDefined()
    expect(store.get('key')).toBeDefined()
  })

  it('does not store what is larger than all of it', () => {
    const store = memoryCache({ maxSize: '4KiB' })
    store.set('small', recordOf(new Uint8Array(10)), 1000)
    store.set('large', recordOf(new Uint8Array(5000)), 1000)
    expect([store.get('large'), store.get('small') === undefined]).toEqual([undefined, false])
  })

  it('forgets records after their lifetime', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const store = memoryCache()
    store.set('key', recordOf(new Uint8Array(10)), 1000)
    vi.setSystemTime(Date.now() + 1000)
    expect(store.get('key')).toBeUndefined()
  })

  it('rejects unknown options', () => {
    expect(() => memoryCache({ size: 1 } as object)).toThrow("memoryCache: unknown option 'size'")
    expect(() => memoryCache({ maxSize: '1 MB' as never })).toThrow('memoryCache: maxSize must be a size')
  })
})

/** A client that is like that of the package `redis`, with a map. */
function fakeRedis() {
  const values = new Map<string, string>()
  const client = {
    values,
    get: async (key: string) => values.get(key) ?? null,
    set: async (key: string, value: string, _options: { PX: number }) => values.set(key, value),
    del: async (key: string) => values.delete(key),
  }
  return client satisfies CacheRedisClient
}

describe('redisCache', () => {
  it('returns every record as it was stored', async () => {
    const store = redisCache({ client: fakeRedis() })
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary' }).map((each) => new TextEncoder().encode(each)),
      fc.constant(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])),
      fc.constant(new Uint8Array(9000).fill(255)),
    )
    const variants = fc.record({
      names: fc.array(fc.stringMatching(/^[\w!#$-]+$/)),
      generation: fc.string(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.oneof(
          body.map((each) => recordOf(Uint8Array.from(each))),
          variants,
        ),
        async (key, record: CacheRecord) => {
          await store.set(key, record, 1000)
          expect(await store.get(key)).toEqual(record)
          await store.delete(key)
          expect(await store.get(key)).toBeUndefined()
        },
      ),
      { numRuns: 40 },
    )
  })

  it.each(['', '7', 'null', '{}', '[]\nx', '{"encoding":"base64"}\n*', '{"status":200}\nhello', 'hello'])(
    'ignores the value %j of another program',
    async (value) => {
      const client = fakeRedis()
      const store = redisCache({ client })
      await store.set('key', recordOf(new Uint8Array(1)), 1000)
      for (const key of client.values.keys()) client.values.set(key, value)
      expect(await store.get('key')).toBeUndefined()
    },
  )

  it('does not show URLs and headers in its keys', async () => {
    const client = fakeRedis()
    await redisCache({ client, prefix: 'shop:' }).set(
      'http://a/?token=secret',
      recordOf(new Uint8Array(1)),
      1000,
    )
    expect([...client.values.keys()]).toEqual([expect.stringMatching(/^shop:[\da-f]{64}$/)])
  })

  it('rejects a client of another kind', () => {
    expect(() => redisCache({ client: {} as never })).toThrow('redisCache: client must be a client of redis')
    expect(() => redisCache({ client: fakeRedis(), prefix: 7 as never })).toThrow(
      'redisCache: prefix must be text, got 7',
    )
  })
})

describe('a store that', () => {
  const thenable = Object.defineProperty({}, 'then', {
    value() {
      throw new Error('down')
    },
  })
  const failing: [string, Partial<ResponseCacheStore>][] = [
    [
      'throws',
      {
        get() {
          throw new Error('down')
        },
      },
    ],
    ['rejects', { get: () => Promise.reject(new Error('down')) }],
    ['rejects with undefined', { get: () => Promise.reject(undefined) }],
    ['never responds', { get: () => new Promise(() => {}) }],
    ['returns false', { get: () => false as never }],
    ['resolves to text', { get: async () => 'hello' as never }],
    ['returns a record without a body', { get: () => ({ status: 200, headers: {} }) as never }],
    ['returns a thenable that throws', { get: () => thenable as never }],
    ['fails to write', { set: () => Promise.reject(new Error('down')) }],
    ['never ends to write', { set: () => new Promise(() => {}) }],
  ]
  it.each(failing)('%s is reported once, and the application responds', async (_, methods) => {
    const site = countingSite({ ...memoryCache(), ...methods })
    for (let n = 1; n <= 3; n++) {
      expect(await (await site.web.get('/')).text()).toBe(String(n))
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    expect(site.web.errors).toHaveLength(1)
    expect(String(site.web.errors[0])).toContain(
      'responseCache: the store failed, so responses are not cached',
    )
  })

  it('returns null has no record', async () => {
    const site = countingSite({ ...memoryCache(), get: () => null as never })
    await site.web.get('/')
    expect(site.web.errors).toEqual([])
  })

  it('is asynchronous is used like any other', async () => {
    const inner = memoryCache()
    const site = countingSite({
      get: async (key) => inner.get(key),
      set: async (key, record, lifetime) => inner.set(key, record, lifetime),
      delete: async (key) => inner.delete(key),
    })
    await site.web.get('/')
    await expect.poll(async () => (await site.web.get('/')).headers.get('cache-status')).toContain('hit')
    await site.web.post('/')
    expect(site.web.errors).toEqual([])
  })

  it('has failed is not asked for a second', async () => {
    let asked = 0
    const site = countingSite({
      ...memoryCache(),
      get() {
        asked += 1
        throw new Error('down')
      },
    })
    for (let n = 0; n < 10; n++) await site.web.get('/')
    expect(asked).toBe(1)
  })
})

it('stores a body that is compressed or an image', async () => {
  const store = redisCache({ client: fakeRedis() })
  const body = crypto.getRandomValues(new Uint8Array(5000))
  let calls = 0
  const web = client(
    responseCache({ store })(() => {
      calls += 1
      return bytes(body, fresh)
    }),
  )
  await web.get('/')
  await expect.poll(async () => (await web.get('/')).headers.get('cache-status')).toContain('hit')
  const before = calls
  expect(await (await web.get('/')).bytes()).toEqual(body)
  expect(calls).toBe(before)
})
