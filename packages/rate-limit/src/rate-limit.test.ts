import { type Environ, extend, HttpError, type Middleware, stack, text, toFetch } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryStore, type RateLimitOptions, type RateLimitStoreFactory, rateLimit } from './index.ts'

const everyone = () => 'everyone'
const hello = () => text('Hello')
const quiet = { errors: { write() {} } }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('rateLimit', () => {
  it('rejects requests over the limit with 429 until the window ends', async () => {
    const browser = client(rateLimit({ points: 2, window: '50s', key: everyone })(hello))
    expect((await browser.get('/')).status).toBe(200)
    expect((await browser.get('/')).status).toBe(200)
    vi.advanceTimersByTime(45_000)
    const rejected = await browser.get('/')
    expect(rejected.status).toBe(429)
    expect(rejected.headers.get('retry-after')).toBe('5')
    expect(rejected.headers.get('ratelimit')).toBe('"default";r=0;t=5')
    expect(rejected.headers.get('ratelimit-policy')).toBe('"default";q=2;w=50')
    expect(await rejected.json()).toEqual({
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      detail: 'Too many requests. Try again in 5 seconds.',
    })
    vi.advanceTimersByTime(5_000)
    const later = await browser.get('/')
    expect(later.headers.get('ratelimit')).toBe('"default";r=1;t=50')
  })

  it('never says that the window ends in less than a second', async () => {
    const browser = client(rateLimit({ points: 1, window: '1s', key: everyone })(hello))
    await browser.get('/')
    vi.advanceTimersByTime(999)
    const rejected = await browser.get('/')
    expect(rejected.headers.get('retry-after')).toBe('1')
    expect((await rejected.json()).detail).toBe('Too many requests. Try again in 1 second.')
  })

  it('does not call the application or read the body of a rejected request', async () => {
    const application = vi.fn(hello)
    const browser = client(rateLimit({ points: 1, window: '1m', key: everyone })(application))
    await browser.get('/')
    const body = new ReadableStream({ pull: vi.fn() }, { highWaterMark: 0 })
    const rejected = await browser.post('/', { body })
    expect(rejected.status).toBe(429)
    expect(application).toHaveBeenCalledTimes(1)
  })

  it('describes the limit in error responses of the application, too', async () => {
    const limit = rateLimit({ points: 9, window: '1m', key: everyone })
    const failing = client(
      limit(() => {
        throw new Error('broken')
      }),
      quiet,
    )
    const response = await failing.get('/')
    expect([response.status, response.headers.get('ratelimit')]).toEqual([500, '"default";r=8;t=60'])
    const missing = client(
      limit(() => {
        throw new HttpError(404)
      }),
    )
    expect((await missing.get('/')).headers.get('ratelimit')).toBe('"default";r=7;t=60')
  })

  it('is synchronous with the memory store if the application is', async () => {
    const limit = rateLimit({ points: 9, window: '1m', key: everyone })
    const outer: Middleware = (app) => (environ) => {
      expect(app(environ)).not.toBeInstanceOf(Promise)
      return text('seen')
    }
    expect(await (await client(outer(limit(hello))).get('/')).text()).toBe('seen')
  })

  it('exempts requests without a key', async () => {
    const key = ({ pathInfo }: Environ) => (pathInfo === '/health' ? undefined : 'one')
    const browser = client(rateLimit({ points: 1, window: '1m', key })(hello))
    await browser.get('/')
    const exempt = await browser.get('/health')
    expect([exempt.status, exempt.headers.has('ratelimit')]).toEqual([200, false])
    expect((await browser.get('/')).status).toBe(429)
  })

  it('limits clients by address, an IPv6 client by its /64 network', async () => {
    const limit = rateLimit({ points: 1, window: '1m' })(hello)
    const from = async (remoteAddress: string) => (await client(limit, { remoteAddress }).get('/')).status
    expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([
      200, 429, 200,
    ])
    expect(await from('2001:db8::1')).toBe(200)
    for (let host = 2; host < 50; host++) expect(await from(`2001:db8::${host}`)).toBe(429)
    expect(await from('2001:db8:0:1::1')).toBe(200)
  })

  it('does not limit a client without an address, and reports it once', async () => {
    const browser = client(rateLimit({ points: 1, window: '1m' })(hello), { remoteAddress: '', ...quiet })
    for (let n = 0; n < 3; n++) expect((await browser.get('/')).status).toBe(200)
    expect(browser.errors).toEqual([
      expect.stringMatching(/^rateLimit 'default': the client has no address, so the request is not limited/),
    ])
  })

  it('reports once that several processes count separately', async () => {
    const lines: unknown[] = []
    const errors = { write: (problem: unknown) => lines.push(problem) }
    const fetch = toFetch(rateLimit({ points: 9, window: '1m', key: everyone })(hello), { errors })
    await fetch(new Request('http://localhost/'))
    await fetch(new Request('http://localhost/'))
    expect(lines).toEqual([expect.stringContaining('memoryStore() counts the requests of one process')])
  })

  it('reads keys of middleware before it', async () => {
    const user: Middleware<{ user: string }> = (app) => (environ) =>
      app(extend(environ, { user: environ.headers.get('x-user') ?? 'nobody' }))
    const limit = rateLimit({ points: 1, window: '1m', key: ({ user }: { user: string }) => user })
    const browser = client(stack(user, limit)(hello))
    const as = async (name: string) => (await browser.get('/', { headers: { 'x-user': name } })).status
    expect([await as('ada'), await as('ada'), await as('bob')]).toEqual([200, 429, 200])
    // @ts-expect-error the stack provides no user
    stack(limit, user)
  })

  it('counts keys of any length and with any character', async () => {
    const key = ({ queryString }: Environ) => decodeURIComponent(queryString)
    const browser = client(rateLimit({ points: 1, window: '1m', key })(hello))
    for (const each of ['', 'a'.repeat(10_000), 'a%00', 'a%00b', '%F0%9F%99%82', '%20']) {
      const target = `/?${each}`
      expect([(await browser.get(target)).status, (await browser.get(target)).status]).toEqual([200, 429])
    }
  })
})

describe('several limits', () => {
  it('share the header fields', async () => {
    const burst = rateLimit({ name: 'burst', points: 5, window: '1s', key: everyone })
    const hourly = rateLimit({ name: 'hourly', points: 100, window: '1h', key: everyone })
    const response = await client(stack(hourly, burst)(hello)).get('/')
    expect(response.headers.get('ratelimit-policy')).toBe('"hourly";q=100;w=3600, "burst";q=5;w=1')
    expect(response.headers.get('ratelimit')).toBe('"hourly";r=99;t=3600, "burst";r=4;t=1')
  })

  it('must have different names', () => {
    const limit = () => rateLimit({ points: 5, window: '1s', key: everyone })
    const through: Middleware = (app) => (environ) => app(environ)
    expect(() => stack(limit(), through, limit())(hello)).toThrow(
      "rateLimit: there is already a limit with the name 'default'. Give each one its own name",
    )
  })
})

describe('fields', () => {
  it('can have their old names, or be left out', async () => {
    const options = { points: 3, window: '1m', key: everyone } as const
    const legacy = await client(rateLimit({ ...options, fields: 'legacy' })(hello)).get('/')
    expect(['limit', 'remaining', 'reset'].map((name) => legacy.headers.get(`x-ratelimit-${name}`))).toEqual([
      '3',
      '2',
      '60',
    ])
    const none = await client(rateLimit({ ...options, fields: 'none' })(hello)).get('/')
    expect([...none.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([])
  })
})

describe('cost', () => {
  it('is the number of points of a request', async () => {
    const cost = ({ method }: Environ) => (method === 'POST' ? 3 : 1)
    const browser = client(rateLimit({ points: 4, window: '1m', key: everyone, cost })(hello))
    expect((await browser.post('/')).headers.get('ratelimit')).toBe('"default";r=1;t=60')
    expect((await browser.post('/')).status).toBe(429)
  })

  it('that is not a number of points is an error', async () => {
    const browser = client(
      rateLimit({ points: 4, window: '1m', key: everyone, cost: () => -1 })(hello),
      quiet,
    )
    expect((await browser.get('/')).status).toBe(500)
    expect(String(browser.errors[0])).toContain('cost must return a whole number of points, got -1')
  })
})

describe('consume and reset', () => {
  const options = { points: 2, window: '1m', key: everyone, cost: 0 } as const

  it('limit failed sign-ins only', async () => {
    const failures = rateLimit(options)
    const signIn = client(
      failures(async (environ) => {
        if (environ.queryString !== 'right') {
          await failures.consume(environ)
          throw new HttpError(403)
        }
        await failures.reset(environ)
        return text('Welcome')
      }),
    )
    const attempt = async (password: string) => (await signIn.post(`/?${password}`)).status
    expect([await attempt('wrong'), await attempt('right'), await attempt('wrong')]).toEqual([403, 200, 403])
    expect([await attempt('wrong'), await attempt('right')]).toEqual([403, 429])
  })

  it('return what is left', async () => {
    const limit = rateLimit(options)
    let status: unknown
    const browser = client(
      limit(async (environ) => {
        status = await limit.consume(environ, 2)
        await expect(limit.consume(environ, 1)).rejects.toMatchObject({ status: 429 })
        await expect(limit.consume(environ, 0.5)).rejects.toThrow(TypeError)
        return text('')
      }),
    )
    await browser.get('/')
    expect(status).toEqual({ remaining: 0, resetIn: 60_000 })
  })
})

describe('a store that fails', () => {
  const failing: RateLimitStoreFactory = () => ({
    consume: () => Promise.reject(new Error('down')),
    reset: () => Promise.reject(new Error('down')),
  })
  const throwing: RateLimitStoreFactory = () => ({
    consume: () => {
      throw new Error('down')
    },
    reset: () => {},
  })
  const hanging: RateLimitStoreFactory = () => ({
    consume: () => new Promise(() => {}),
    reset: () => new Promise(() => {}),
  })
  const options = { points: 1, window: '1m', key: everyone } as const

  it.each([
    ['rejects', failing, 'down'],
    ['throws', throwing, 'down'],
    ['hangs', hanging, 'The store took longer than 100 ms'],
  ])('lets requests pass when it %s, and is reported once a minute', async (_, store, cause) => {
    const browser = client(rateLimit({ ...options, store })(hello), quiet)
    const get = async () => {
      const response = browser.get('/')
      await vi.advanceTimersByTimeAsync(100)
      return (await response).status
    }
    expect([await get(), await get()]).toEqual([200, 200])
    expect(browser.errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining("rateLimit 'default': the store failed, requests are not limited"),
        cause: expect.objectContaining({ message: cause }),
      }),
    ])
    vi.advanceTimersByTime(60_000)
    expect(await get()).toBe(200)
    expect(browser.errors).toHaveLength(2)
  })

  it.each([
    ['nothing', undefined],
    ['a number', 1],
    ['text instead of numbers', { consumed: '9', resetIn: '1000' }],
    ['no number', { consumed: Number.NaN, resetIn: 1000 }],
  ])('lets requests pass when it returns %s', async (_, state) => {
    for (const consume of [() => state, async () => state]) {
      const store = (() => ({ consume, reset() {} })) as unknown as RateLimitStoreFactory
      const browser = client(rateLimit({ ...options, store })(hello), quiet)
      expect((await browser.get('/')).status).toBe(200)
      expect(browser.errors).toMatchObject([
        { cause: { message: expect.stringMatching(/^The store must return \{ consumed, resetIn \}/) } },
      ])
    }
  })

  it('waits for promises that are not native', async () => {
    // biome-ignore lint/suspicious/noThenProperty: the clients of some databases return such objects
    const pending = { then: (resolve: (state: object) => void) => resolve({ consumed: 2, resetIn: 1000 }) }
    const store = (() => ({ consume: () => pending, reset() {} })) as unknown as RateLimitStoreFactory
    const response = await client(rateLimit({ ...options, store })(hello)).get('/')
    expect([response.status, response.headers.get('ratelimit')]).toEqual([429, '"default";r=0;t=1'])
  })

  it('makes requests fail with 503 if onStoreError is reject', async () => {
    const browser = client(rateLimit({ ...options, store: failing, onStoreError: 'reject' })(hello), quiet)
    const response = await browser.get('/')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.text()).not.toContain('down')
  })
})

describe('memoryStore', () => {
  it('forgets the oldest key beyond maxKeys', async () => {
    const key = ({ pathInfo }: Environ) => pathInfo
    const limit = rateLimit({ points: 1, window: '1m', key, store: memoryStore({ maxKeys: 2 }) })
    const browser = client(limit(hello))
    await browser.get('/a')
    await browser.get('/b')
    expect((await browser.get('/a')).status).toBe(429)
    await browser.get('/c')
    expect([(await browser.get('/b')).status, (await browser.get('/a')).status]).toEqual([429, 200])
  })

  it('counts each limit separately', async () => {
    const store = memoryStore()
    const limits = ['a', 'b'].map((name) =>
      rateLimit({ name, points: 1, window: '1m', key: everyone, store }),
    )
    for (const limit of limits) expect((await client(limit(hello)).get('/')).status).toBe(200)
  })
})

describe('options', () => {
  const valid = { points: 1, window: '1m' } as const
  it.each<[Record<string, unknown>, string]>([
    [{ window: '1m' }, 'points is required'],
    [{ points: 1 }, 'window is required'],
    [{ ...valid, points: 0 }, 'points must be a whole number of points from 1 to 1000000000, got 0'],
    [{ ...valid, window: 60.5 }, 'window must be a duration'],
    [{ ...valid, window: 1500 }, 'window must be whole seconds, got 1500'],
    [{ ...valid, name: 'a b' }, 'name must be a letter and up to 63 letters'],
    [{ ...valid, key: 'ip' }, 'key must be a function, got "ip"'],
    [{ ...valid, cost: -1 }, 'cost must be a whole number or a function, got -1'],
    [{ ...valid, store: {} }, 'store must be the result of memoryStore(), redisStore() or postgresStore()'],
    [{ ...valid, onStoreError: 'refuse' }, `onStoreError must be 'allow' or 'reject', got "refuse"`],
    [{ ...valid, fields: true }, `fields must be 'standard', 'legacy' or 'none', got true`],
    [{ ...valid, point: 1 }, "unknown option 'point', did you mean 'points'?"],
  ])('%j are rejected', (options, message) => {
    expect(() => rateLimit(options as unknown as RateLimitOptions)).toThrow(TypeError)
    expect(() => rateLimit(options as unknown as RateLimitOptions)).toThrow(`rateLimit: ${message}`)
  })

  it('of the memory store are checked', () => {
    expect(() => memoryStore({ maxKeys: 0 })).toThrow('memoryStore: maxKeys must be a whole number')
  })
})
