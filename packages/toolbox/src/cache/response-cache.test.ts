import { compress } from '@tsgi/compress'
import {
  type Application,
  bytes,
  type Environ,
  extend,
  HttpError,
  lint,
  type Middleware,
  mount,
  sse,
  stack,
  stream,
  text,
} from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { memoryCache, type ResponseCache, type ResponseCacheOptions, responseCache } from '../index.ts'

const fresh = { headers: { 'cache-control': 'max-age=60' } }

/** An application that counts its calls, and a client of it. */
function counted(
  app: (call: number, path: string) => Response | Promise<Response>,
  options?: ResponseCacheOptions,
) {
  const seen = { calls: 0 }
  const cache = responseCache(options)
  const inner: Application = ({ pathInfo }) => app(++seen.calls, pathInfo)
  return Object.assign(seen, { cache, web: client(cache(lint(inner)), { errors: { write() {} } }) })
}

afterEach(() => void vi.useRealTimers())

describe('a stored response', () => {
  it('is the same as the first one', async () => {
    const { web, calls } = counted(() =>
      bytes(new Uint8Array([0, 255]), { ...fresh, status: 203, statusText: 'So So' }),
    )
    await web.get('/')
    const response = await web.get('/')
    expect([response.status, response.statusText]).toEqual([203, 'So So'])
    expect(await response.bytes()).toEqual(new Uint8Array([0, 255]))
    expect(calls).toBe(0)
  })

  it('is sent without a promise from memory', async () => {
    const app = responseCache()(() => text('x', fresh))
    expect(app(testEnviron('/'))).toBeInstanceOf(Response)
    expect(app(testEnviron('/'))).toBeInstanceOf(Response)
  })

  it('has no content type if the first one had none', async () => {
    const { web } = counted(() => new Response(new Uint8Array(1), fresh))
    await web.get('/')
    expect((await web.get('/')).headers.has('content-type')).toBe(false)
  })

  it('may have no body', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { web } = counted(() => new Response(null, { status: 204, ...fresh }))
    await web.get('/')
    const response = await web.get('/')
    expect([response.status, response.body, response.headers.get('cache-status')]).toEqual([
      204,
      null,
      'tsgi; hit; ttl=60',
    ])
  })

  it('has the route of the first one', async () => {
    const routes: (string | undefined)[] = []
    const watch: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      routes.push(environ.route)
      return response
    }
    const site = stack(watch, responseCache())(router({ '/users/:id': () => text('x', fresh) }))
    const web = client(mount('/acme', site)(() => text('')))
    await web.get('/acme/users/1')
    await web.get('/acme/users/1')
    expect(routes).toEqual(['/acme/users/:id', '/acme/users/:id'])
  })

  it('is not found under another mount, host or scheme', async () => {
    const { cache } = counted(() => text(''))
    let calls = 0
    const site = cache(() => text(`${++calls}`, fresh))
    const app = mount('/a', site)(mount('/b', site)(site))
    for (const path of ['/a/x', '/b/x', '/x']) await client(app).get(path)
    await client(app, { baseUrl: 'http://other.example' }).get('/x')
    await client(app, { baseUrl: 'https://other.example' }).get('/x')
    expect(calls).toBe(5)
    await client(app).get('/a/x')
    expect(calls).toBe(5)
  })

  it('is sent for the same key', async () => {
    const seen = counted((call) => text(`${call}`, fresh), {
      key: (url) => {
        if (url.pathname === '/private') return undefined
        url.searchParams.delete('utm_source')
        return url.href
      },
    })
    await seen.web.get('/?id=1&utm_source=a')
    expect(await (await seen.web.get('/?utm_source=b&id=1')).text()).toBe('1')
    await seen.web.get('/private')
    await seen.web.get('/private')
    expect(seen.calls).toBe(3)
  })
})

describe('streams', () => {
  it('are stored, and sent to the first client at the same time', async () => {
    const next = Promise.withResolvers<void>()
    async function* body() {
      yield 'one '
      await next.promise
      yield 'two'
    }
    const seen = counted(() => stream(body(), fresh))
    const reader = (await seen.web.get('/')).body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('one ')
    next.resolve()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('two')
    expect((await reader.read()).done).toBe(true)
    expect(await (await seen.web.get('/')).text()).toBe('one two')
    expect(seen.calls).toBe(1)
  })

  it('are passed on without being stored if they are too large, as fast as the client reads', async () => {
    let made = 0
    async function* body() {
      while (made < 1000) {
        made += 1
        yield new Uint8Array(1024)
      }
    }
    const seen = counted(() => stream(body(), fresh), { maxEntrySize: '16KiB' })
    const response = await seen.web.get('/')
    const reader = response.body!.getReader()
    let size = (await reader.read()).value!.byteLength
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(made).toBeLessThan(40)
    for (let read = await reader.read(); !read.done; read = await reader.read()) size += read.value.byteLength
    expect(size).toBe(1000 * 1024)
    await (await seen.web.get('/')).body?.cancel()
    expect(seen.calls).toBe(2)
  })

  it.each([
    [
      'that fail',
      async function* (): AsyncGenerator<string> {
        yield 'one'
        throw new Error('broken')
      },
    ],
    [
      'that are shorter than their Content-Length',
      async function* (): AsyncGenerator<string> {
        yield 'one'
      },
    ],
  ])('%s are not stored', async (_, body) => {
    const cache = responseCache()
    let calls = 0
    const app = cache(() => {
      calls += 1
      return stream(body(), { headers: { ...fresh.headers, 'content-length': '6' } })
    })
    for (let n = 0; n < 2; n++) {
      await (app(testEnviron('/')) as Response).text().catch(() => {})
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(calls).toBe(2)
  })

  it('are cancelled, and not stored, if the only client leaves', async () => {
    let isCancelled = false
    const endless = () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          await new Promise((resolve) => setImmediate(resolve))
          return { done: false, value: 'x' } as const
        },
        return: async () => {
          isCancelled = true
          return { done: true, value: undefined } as const
        },
      }),
    })
    const seen = counted((call) => (call === 1 ? stream(endless(), fresh) : text('second', fresh)))
    await (await seen.web.get('/')).body!.cancel()
    await expect.poll(() => isCancelled).toBe(true)
    expect(await (await seen.web.get('/')).text()).toBe('second')
  })

  it('hold at most 64 MiB for clients that read slowly', async () => {
    const chunk = new Uint8Array(64 * 1024)
    let made = 0
    function* body() {
      for (let n = 0; n < 15; n++) {
        made += chunk.byteLength
        yield chunk
      }
    }
    const seen = counted(() => stream(body(), fresh))
    const responses: Response[] = []
    for (let n = 0; n < 90; n++) responses.push(await seen.web.get(`/${n}`))
    await expect.poll(async () => (await seen.web.get('/0')).headers.get('cache-status')).toContain('hit')
    const atMost = 64 * 2 ** 20 + 90 * 3 * chunk.byteLength
    await expect.poll(() => made).toBeGreaterThan(60 * 2 ** 20)
    expect(made).toBeLessThan(atMost)
    const sizes = await Promise.all(responses.map(async (each) => (await each.bytes()).byteLength))
    expect(new Set(sizes)).toEqual(new Set([15 * chunk.byteLength]))
    await (await seen.web.get('/later')).bytes()
    expect((await seen.web.get('/later')).headers.get('cache-status')).toContain('hit')
  })

  it('of server-sent events are never stored, and pass at once', async () => {
    async function* events() {
      yield { data: '1' }
      await new Promise(() => {})
    }
    const seen = counted(() => sse(events(), fresh))
    const reader = (await seen.web.get('/')).body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('data: 1')
    await reader.cancel()
    await (await seen.web.get('/')).body!.cancel()
    expect(seen.calls).toBe(2)
  })
})

describe('requests at the same time', () => {
  /** An application that responds when `go` is called. */
  function slow(options?: ResponseCacheOptions, respond = (call: number) => text(`${call}`, fresh)) {
    const gate = Promise.withResolvers<void>()
    const seen = counted(async (call) => {
      await gate.promise
      return respond(call)
    }, options)
    return Object.assign(seen, { go: gate.resolve })
  }

  it('call the application once', async () => {
    const seen = slow()
    const responses = Array.from({ length: 10 }, () => seen.web.get('/'))
    seen.go()
    expect(await Promise.all(responses.map(async (each) => (await each).text()))).toEqual(Array(10).fill('1'))
    expect((await responses[9]!).headers.get('cache-status')).toBe('tsgi; fwd=miss; collapsed')
    expect(seen.calls).toBe(1)
  })

  it('call it once per URL', async () => {
    const seen = slow()
    const responses = ['/a', '/b', '/a', '/b'].map((path) => seen.web.get(path))
    seen.go()
    await Promise.all(responses)
    expect(seen.calls).toBe(2)
  })

  it('call it once per variant', async () => {
    const gate = Promise.withResolvers<void>()
    let calls = 0
    const app: Application = async ({ headers }) => {
      calls += 1
      await gate.promise
      return text(headers.get('accept-language') ?? '', {
        headers: { ...fresh.headers, vary: 'Accept-Language' },
      })
    }
    const web = client(responseCache()(app))
    const languages = ['de', 'en', 'de', 'en', 'fr', 'de', 'fr', 'en']
    const responses = languages.map((language) => web.get('/', { headers: { 'accept-language': language } }))
    gate.resolve()
    expect(await Promise.all(responses.map(async (each) => (await each).text()))).toEqual(languages)
    expect(calls).toBe(3)
  })

  it('each call it if the response is not stored, and later without waiting', async () => {
    const seen = slow({}, (call) => text(`${call}`, { headers: { 'cache-control': 'private' } }))
    const responses = Array.from({ length: 3 }, () => seen.web.get('/'))
    seen.go()
    expect(await Promise.all(responses.map(async (each) => (await each).text()))).toEqual(['1', '2', '3'])
    const later = slow({}, () => text('', { headers: { 'cache-control': 'private' } }))
    later.go()
    await later.web.get('/')
    await Promise.all([later.web.get('/'), later.web.get('/')])
    expect(later.calls).toBe(3)
  })

  it('do not wait longer than maxWait', async () => {
    const seen = slow({ maxWait: 10 })
    const first = seen.web.get('/')
    const second = seen.web.get('/')
    await expect.poll(() => seen.calls).toBe(2)
    seen.go()
    expect(await Promise.all([first, second].map(async (each) => (await each).text()))).toEqual(['1', '2'])
  })

  it('do not wait for a body that has taken maxWait, until one ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const end = Promise.withResolvers<string>()
    async function* trickle() {
      yield 'begin, '
      yield await end.promise
    }
    const seen = counted(() => stream(trickle(), fresh))
    const responses = [await seen.web.get('/')]
    const waiting = seen.web.get('/')
    await vi.advanceTimersByTimeAsync(5_000)
    responses.push(await waiting, await seen.web.get('/'), await seen.web.get('/'))
    expect(seen.calls).toBe(4)
    end.resolve('end')
    for (const response of responses) expect(await response.text()).toBe('begin, end')
    expect((await seen.web.get('/')).headers.get('cache-status')).toContain('hit')
    expect(seen.calls).toBe(4)
  })

  it('do not wait at all with maxWait: 0', async () => {
    const seen = slow({ maxWait: 0 })
    const responses = [seen.web.get('/'), seen.web.get('/')]
    await expect.poll(() => seen.calls).toBe(2)
    seen.go()
    await Promise.all(responses)
  })

  it('do not wait with Authorization or Cache-Control: no-cache', async () => {
    const seen = slow()
    const responses = [
      seen.web.get('/'),
      seen.web.get('/', { headers: { authorization: 'x' } }),
      seen.web.get('/', { headers: { 'cache-control': 'no-cache' } }),
    ]
    await expect.poll(() => seen.calls).toBe(3)
    seen.go()
    await Promise.all(responses)
  })

  it('are not harmed if the first client leaves', async () => {
    const gate = Promise.withResolvers<void>()
    const aborted: boolean[] = []
    let calls = 0
    const app: Application = async ({ signal }) => {
      calls += 1
      await gate.promise
      aborted.push(signal.aborted)
      return text('whole', fresh)
    }
    let entered = 0
    const count: Middleware = (app) => (environ) => {
      entered += 1
      return app(environ)
    }
    const web = client(stack(count, responseCache())(app), { errors: { write() {} } })
    const controller = new AbortController()
    const first = web.get('/', { signal: controller.signal }).catch(() => {})
    const second = web.get('/')
    await expect.poll(() => entered).toBe(2)
    controller.abort()
    gate.resolve()
    expect(await (await second).text()).toBe('whole')
    expect([calls, aborted]).toEqual([1, [false]])
    await first
  })

  it('abort the application when all clients have left', async () => {
    const called = Promise.withResolvers<AbortSignal>()
    const app: Application = ({ signal }) => {
      called.resolve(signal)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new HttpError(499))))
    }
    const web = client(responseCache()(app), { errors: { write() {} } })
    const controllers = [new AbortController(), new AbortController()]
    const responses = controllers.map(({ signal }) => web.get('/', { signal }))
    const signal = await called.promise
    controllers[0]!.abort()
    controllers[1]!.abort()
    await expect.poll(() => signal.aborted).toBe(true)
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([499, 499])
  })

  it('do not depend on a client that reads slowly', async () => {
    const seen = counted(() => stream(Array(100).fill('x'.repeat(1000)), fresh))
    const [slowClient, other] = await Promise.all([seen.web.get('/'), seen.web.get('/')])
    expect((await other.text()).length).toBe(100_000)
    expect((await slowClient.text()).length).toBe(100_000)
    expect(seen.calls).toBe(1)
  })

  it('store nothing that an unsafe request has changed meanwhile', async () => {
    const gate = Promise.withResolvers<void>()
    let version = 1
    const app: Application = async ({ method }) => {
      if (method === 'POST') return text(`${++version}`)
      const before = version
      if (before === 1) await gate.promise
      return text(`${before}`, fresh)
    }
    const web = client(responseCache()(app))
    const first = web.get('/')
    await web.post('/')
    gate.resolve()
    expect(await (await first).text()).toBe('1')
    expect(await (await web.get('/')).text()).toBe('2')
  })
})

describe('the environ of a shared request', () => {
  it('has the keys of the layers outside, their headers and a signal of its own', async () => {
    const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'ann' }))
    const seen: unknown[] = []
    const app = stack(
      user,
      responseCache(),
    )(
      lint((environ: Environ & { user: string }) => {
        const { user, headers, request, pathInfo, signal } = environ
        seen.push(user, headers.get('x-a'), request.headers.get('x-a'), pathInfo, request.url, signal.aborted)
        return text('', fresh)
      }),
    )
    await client(mount('/m', app)(() => text(''))).get('/m/x', { headers: { 'x-a': '1' } })
    expect(seen).toEqual(['ann', '1', '1', '/x', 'http://localhost/m/x', false])
  })

  it('can be mounted', async () => {
    const etags: (string | null)[] = []
    const inner: Application = ({ headers }) => {
      etags.push(headers.get('if-none-match'))
      return text('x', { headers: { 'cache-control': 'max-age=0', etag: '"1"' } })
    }
    const web = client(responseCache()(mount('/a', inner)(() => text(''))))
    await web.get('/a/b')
    await web.get('/a/b')
    expect(etags).toEqual([null, '"1"'])
  })
})

describe('stale-while-revalidate', () => {
  it('sends the stale response, and stores a new one in the background', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const gate = Promise.withResolvers<void>()
    const seen = counted(async (call) => {
      if (call > 1) await gate.promise
      return text(`${call}`, { headers: { 'cache-control': 'max-age=5, stale-while-revalidate=10' } })
    })
    await seen.web.get('/')
    vi.setSystemTime(Date.now() + 6000)
    for (let n = 0; n < 3; n++) {
      const response = await seen.web.get('/')
      expect([await response.text(), response.headers.get('cache-status')]).toEqual([
        '1',
        'tsgi; hit; ttl=-1',
      ])
    }
    expect(seen.calls).toBe(2)
    gate.resolve()
    await expect.poll(async () => (await seen.web.get('/')).text()).toBe('2')
    expect(seen.calls).toBe(2)
  })

  it('goes on when the client has left', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const signals: AbortSignal[] = []
    let calls = 0
    const app: Application = async ({ signal }) => {
      signals.push(signal)
      return stream([`${++calls}`], { headers: { 'cache-control': 'max-age=5, stale-while-revalidate=10' } })
    }
    const web = client(responseCache()(app))
    await (await web.get('/')).text()
    vi.setSystemTime(Date.now() + 6000)
    const controller = new AbortController()
    await (await web.get('/', { signal: controller.signal })).body!.cancel()
    controller.abort()
    await expect.poll(async () => (await web.get('/')).text()).toBe('2')
    expect(signals[1]!.aborted).toBe(false)
  })

  it('cancels a new response that is too large', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    let made = 0
    const cancelled = Promise.withResolvers<void>()
    async function* endless() {
      try {
        for (;;) {
          made += 1
          yield new Uint8Array(1024)
        }
      } finally {
        cancelled.resolve()
      }
    }
    const headers = { 'cache-control': 'max-age=5, stale-while-revalidate=10' }
    const seen = counted((call) => (call === 1 ? text('1', { headers }) : stream(endless(), { headers })), {
      maxEntrySize: '16KiB',
    })
    await seen.web.get('/')
    vi.setSystemTime(Date.now() + 6000)
    expect(await (await seen.web.get('/')).text()).toBe('1')
    await cancelled.promise
    expect(made).toBeLessThan(40)
  })

  it('keeps the stale response if the application fails', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const seen = counted((call) => {
      if (call > 1) throw new Error('broken')
      return text('1', { headers: { 'cache-control': 'max-age=5, stale-while-revalidate=10' } })
    })
    await seen.web.get('/')
    vi.setSystemTime(Date.now() + 6000)
    expect(await (await seen.web.get('/')).text()).toBe('1')
    expect(await (await seen.web.get('/')).text()).toBe('1')
    expect(seen.web.errors).toHaveLength(2)
  })
})

describe('stale-if-error', () => {
  it('sends the stale response if the application throws, and reports the error', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const seen = counted((call) => {
      if (call > 1) throw new Error('broken')
      return text('1', { headers: { 'cache-control': 'max-age=5, stale-if-error=10' } })
    })
    await seen.web.get('/')
    vi.setSystemTime(Date.now() + 6000)
    const response = await seen.web.get('/')
    expect([response.status, await response.text()]).toEqual([200, '1'])
    expect(response.headers.get('cache-status')).toBe('tsgi; fwd=stale; fwd-status=500')
    expect(seen.web.errors).toHaveLength(1)
  })
})

describe('in a stack with compress', () => {
  const long = 'Hello, cached world. '.repeat(200)
  const decode = async (response: Response) => {
    const encoding = response.headers.get('content-encoding')
    if (encoding === null) return response.text()
    return new Response(response.body!.pipeThrough(new DecompressionStream(encoding as 'gzip'))).text()
  }
  it.each([
    ['inside', [responseCache(), compress()], 2],
    ['outside', [compress(), responseCache()], 1],
  ] as const)('compress %s', async (_, layers, expected) => {
    let calls = 0
    const app = stack(...layers)(() => {
      calls += 1
      return text(long, { headers: { ...fresh.headers, etag: '"1"' } })
    })
    const web = client(app)
    for (let n = 0; n < 2; n++) {
      for (const encoding of ['gzip', 'identity']) {
        const response = await web.get('/', { headers: { 'accept-encoding': encoding } })
        expect(response.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null)
        expect(response.headers.get('vary')).toBe('Accept-Encoding')
        expect(await decode(response)).toBe(long)
        const etag = response.headers.get('etag')!
        const second = await web.get('/', { headers: { 'accept-encoding': encoding, 'if-none-match': etag } })
        expect(second.status).toBe(304)
      }
    }
    expect(calls).toBe(expected)
  })
})

describe('Cache-Status', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))

  it('says how the request was handled', async () => {
    const seen = counted(() => text('x', fresh), { name: 'edge' })
    const status = async (path: string, headers = {}) =>
      (await seen.web.get(path, { headers })).headers.get('cache-status')
    expect(await status('/')).toBe('edge; fwd=miss; stored')
    expect(await status('/')).toBe('edge; hit; ttl=60')
    expect(await status('/', { 'cache-control': 'no-cache' })).toBe('edge; fwd=request; stored')
    expect(await status('/', { 'cache-control': 'no-store' })).toBe('edge; fwd=bypass')
  })

  it('comes after those of other caches', async () => {
    const seen = counted(() => text('x', { headers: { ...fresh.headers, 'cache-status': 'origin; hit' } }))
    await seen.web.get('/')
    expect((await seen.web.get('/')).headers.get('cache-status')).toBe('origin; hit, tsgi; hit; ttl=60')
  })

  it('is left out with name: false', async () => {
    const seen = counted(() => text('x', fresh), { name: false })
    for (let n = 0; n < 2; n++) expect((await seen.web.get('/')).headers.has('cache-status')).toBe(false)
  })
})

describe('purge', () => {
  it('removes the responses of a URL', async () => {
    const seen = counted((call) => text(`${call}`, fresh))
    await seen.web.get('/caf%C3%A9?x=1')
    await seen.cache.purge('http://localhost/café?x=1')
    expect(await (await seen.web.get('/caf%C3%A9?x=1')).text()).toBe('2')
  })

  it('rejects a path, and if the store fails', async () => {
    const store = { ...memoryCache(), delete: async () => Promise.reject(new Error('down')) }
    const cache = responseCache({ store })
    await expect(cache.purge('/posts')).rejects.toThrow('purge: url must be an absolute URL, got "/posts"')
    await expect(cache.purge('http://localhost/')).rejects.toThrow('down')
  })
})

describe('when', () => {
  it('decides whether the cache is used', async () => {
    const seen = counted((call) => text(`${call}`, fresh), { when: ({ headers }) => !headers.has('cookie') })
    await seen.web.get('/')
    expect(await (await seen.web.get('/', { headers: { cookie: 'session=1' } })).text()).toBe('2')
    expect(await (await seen.web.get('/')).text()).toBe('1')
  })

  it.each([undefined, null, Promise.resolve(true)])('must return a boolean, not %s', async (value) => {
    const seen = counted(() => text('secret', fresh), { when: () => value as unknown as boolean })
    const { status } = await seen.web.get('/')
    expect([status, seen.calls]).toEqual([500, 0])
  })

  it('requires the keys that it reads', () => {
    const cache = responseCache({ when: ({ user }: { user?: string }) => user === undefined })
    expectTypeOf(cache).toEqualTypeOf<ResponseCache<{ user?: string }>>()
    expectTypeOf(responseCache()).toEqualTypeOf<ResponseCache>()
  })
})

describe('the heuristic', () => {
  it('estimates the lifetime from Last-Modified', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const modified = new Date(Date.now() - 100_000).toUTCString()
    const seen = counted((call) => text(`${call}`, { headers: { 'last-modified': modified } }), {
      heuristic: 0.1,
    })
    await seen.web.get('/')
    vi.setSystemTime(Date.now() + 9000)
    expect(await (await seen.web.get('/')).text()).toBe('1')
    vi.setSystemTime(Date.now() + 2000)
    expect(await (await seen.web.get('/')).text()).toBe('2')
  })
})

describe('the options of responseCache', () => {
  it.each<[unknown, string]>([
    [{ keys: 1 }, "responseCache: unknown option 'keys', did you mean 'key'?"],
    [
      { store: {} },
      'responseCache: store must be a store such as memoryCache() or redisCache(), got an instance of Object',
    ],
    [{ key: 'url' }, 'responseCache: key must be a function, got "url"'],
    [{ when: true }, 'responseCache: when must be a function, got true'],
    [
      { statuses: [206] },
      'responseCache: statuses must be a list of statuses from 200 to 599, without 206 and 304',
    ],
    [{ heuristic: 2 }, 'responseCache: heuristic must be a number from 0 to 1, got 2'],
    [
      { name: 'my cache' },
      'responseCache: name must be a token that begins with a letter, or false, got "my cache"',
    ],
    [{ maxEntrySize: -1 }, 'responseCache: maxEntrySize must be a size from 0 to 1073741824 bytes'],
    [{ maxWait: 'x' }, 'responseCache: maxWait must be a duration from 0'],
    [null, 'responseCache: options must be an object, got null'],
  ])('reject %j at start', (options, message) => {
    expect(() => responseCache(options as ResponseCacheOptions)).toThrow(message)
  })

  it('allow other statuses', async () => {
    const seen = counted(() => text('', { ...fresh, status: 500 }), { statuses: [500] })
    await seen.web.get('/')
    await seen.web.get('/')
    expect(seen.calls).toBe(1)
  })

  it.each([null, 7, Promise.resolve('x')])('report a key that is %s', async (value) => {
    const seen = counted(() => text('', fresh), { key: () => value as unknown as string })
    expect((await seen.web.get('/')).status).toBe(500)
    expect(String(seen.web.errors[0])).toContain('responseCache: key must return text or undefined')
  })
})
