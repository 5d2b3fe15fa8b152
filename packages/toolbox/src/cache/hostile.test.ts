import { bytes, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { type CacheRecord, memoryCache, redisCache, responseCache, type StoredResponse } from '../index.ts'
import { RecentKeys } from './stores/recent-keys.ts'

const fresh = { headers: { 'cache-control': 'max-age=60' } }

const stored: StoredResponse = {
  status: 200,
  statusText: '',
  headers: { 'content-type': 'text/plain' },
  route: undefined,
  body: new Uint8Array([65]),
  createdAt: Date.now(),
  lifetime: 60_000,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  noCache: false,
  mustRevalidate: false,
  forAuthorized: false,
}

const directive = fc.constantFrom(
  ...['max-age', 's-maxage', 'no-cache', 'no-store', 'private', 'public', 'must-revalidate', 'min-fresh'],
  ...['max-stale', 'only-if-cached', 'stale-if-error', 'stale-while-revalidate', 'must-understand', 'x'],
)
const junk = fc.constantFrom(
  '=',
  '"',
  '\\',
  ',',
  ' ',
  '\t',
  '5',
  '60',
  '-1',
  '1.5',
  '9'.repeat(30),
  "'",
  ';',
  '*',
  'é',
)
const field = fc.array(fc.oneof(directive, junk), { maxLength: 12 }).map((parts) => parts.join(''))
const date = fc.constantFrom(
  '0',
  '',
  'now',
  'Sat, 28 Nov 2026 12:00:00 GMT',
  'Fri, 31 Feb 2100 00:00:00 GMT',
  '2099',
)

it('survives any fields of requests and responses', async () => {
  const fields = fc.record(
    {
      'cache-control': field,
      vary: fc.constantFrom('*', 'Accept', 'a b', ',,', 'Cookie, cookie', '\u00e9', 'x'.repeat(50)),
      expires: date,
      date,
      'last-modified': date,
      age: fc.constantFrom('0', '-1', '1e9', '99999999999999', 'x', '5, 6'),
      etag: fc.constantFrom('"1"', 'W/"1"', '1', ''),
      'content-range': fc.constant('bytes 0-1/2'),
      'set-cookie': fc.constant('a=1'),
    },
    { requiredKeys: [] },
  )
  const asked = fc.record(
    {
      'cache-control': field,
      'if-none-match': fc.constantFrom('"1"', '*', '"', 'W/"1", "2"'),
      'if-modified-since': date,
      range: fc.constantFrom('bytes=0-1', 'x'),
      authorization: fc.constant('x'),
      'accept-encoding': field,
    },
    { requiredKeys: [] },
  )
  const status = fc.constantFrom(200, 203, 206, 301, 404, 500)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(status, fields, asked), { maxLength: 6 }), async (steps) => {
      let next = steps[0]
      const app = responseCache({ heuristic: 0.1, store: memoryCache({ maxSize: '8KiB' }) })(() => {
        const [status, headers] = next!
        return text('hello', { status, headers })
      })
      const web = client(app, { errors: { write() {} } })
      for (const step of steps) {
        next = step
        const response = await web.get('/', { headers: step[2] })
        if (response.status === 200) expect(await response.text()).toBe('hello')
        else expect([203, 206, 301, 304, 404, 500, 504]).toContain(response.status)
        const isHit = response.headers.get('cache-status')?.includes('hit')
        if (isHit) expect(response.headers.getSetCookie()).toEqual([])
      }
      expect(web.errors).toEqual([])
    }),
    { numRuns: 300 },
  )
})

it('parses a long Cache-Control in time that is proportional to its length', async () => {
  const seen: number[] = []
  for (const part of ['"', '\\"', 'a=', ',', ' ', '="', 'a="\\', '\t,']) {
    const value = part.repeat(50_000)
    const web = client(
      responseCache()(() => {
        seen.push(1)
        return text('x', { headers: { 'cache-control': `max-age=60, x${value}` } })
      }),
    )
    expect((await web.get('/', { headers: { 'cache-control': `x${value}` } })).status).toBe(200)
  }
  expect(seen).toHaveLength(8)
}, 5_000)

it('keeps the bytes of a response, although the application writes to them again', async () => {
  const buffer = new Uint8Array([65])
  const web = client(responseCache()(() => bytes(buffer, fresh)))
  await web.get('/')
  buffer[0] = 66
  expect(await (await web.get('/')).text()).toBe('A')
})

it('cuts off a response whose chunks are not bytes', async () => {
  const cancelled = vi.fn()
  const chunks = new ReadableStream({ pull: (body) => body.enqueue('text'), cancel: cancelled })
  const errors: unknown[] = []
  const app = responseCache()(() => new Response(chunks, fresh))
  const web = client(app, { errors: { write: (error) => errors.push(error) } })
  const response = await web.get('/').catch((error: unknown) => error)
  expect(String(response instanceof Response ? await response.text().catch(String) : response)).toContain(
    'a chunk of a body must be a Uint8Array',
  )
  expect(cancelled).toHaveBeenCalledOnce()
})

it('remembers at most a million characters of URLs whose responses are not stored', () => {
  const keys = new RecentKeys()
  const url = (n: number) => `${n}`.padEnd(10_000, 'x')
  for (let n = 0; n < 200; n++) keys.add(url(n))
  expect(Array.from({ length: 200 }, (_, n) => keys.has(url(n))).filter(Boolean)).toHaveLength(104)
  expect(keys.has(url(199))).toBe(true)
})

it.each([
  { headers: null },
  { headers: { etag: 5 } },
  { headers: { 'a b': 'c' } },
  { headers: { a: 'b\nc' } },
  { status: 20 },
  { status: 2.5 },
  { statusText: 'a\nb' },
  { route: null },
  { lifetime: null },
  { names: ['a b'], generation: '1' },
  { names: [1], generation: '1' },
])('calls the application if the store returns a record with %j', async (wrong) => {
  const record = { ...stored, ...wrong } as unknown as CacheRecord
  const web = client(
    responseCache({ store: { get: () => record, set() {}, delete() {} } })(() => text('ok')),
    { errors: { write() {} } },
  )
  const response = await web.get('/')
  expect([response.status, await response.text()]).toEqual([200, 'ok'])
})

it.each([{ 'a b': 'c' }, { a: 'b\nc' }])(
  'ignores what Redis has with the header fields %j',
  async (headers) => {
    const head = JSON.stringify({ ...stored, headers, body: undefined, encoding: 'utf-8' })
    const client = { get: async () => `${head}\ntext`, set: async () => 'OK', del: async () => 1 }
    expect(await redisCache({ client }).get('key')).toBeUndefined()
  },
)

it('does not let requests wait for a response that is unusable', async () => {
  const used = () => {
    const response = text('x', fresh)
    void response.text()
    return response
  }
  const web = client(responseCache({ maxWait: '1h' })(used), { errors: { write() {} } })
  const responses = await Promise.all([web.get('/'), web.get('/'), web.get('/')])
  expect(responses.map(({ status }) => status)).toEqual([500, 500, 500])
})

it('stores a new response whose first client has it already', async () => {
  const seen = { calls: 0 }
  const app = responseCache()(() => {
    seen.calls++
    const headers = {
      'cache-control': seen.calls === 1 ? 'max-age=0' : 'max-age=60',
      etag: `"${seen.calls}"`,
    }
    return stream([`call ${seen.calls}`], { headers })
  })
  const web = client(app)
  await (await web.get('/')).text()
  expect((await web.get('/', { headers: { 'if-none-match': '"2"' } })).status).toBe(304)
  await vi.waitFor(async () => expect((await web.get('/')).headers.get('cache-status')).toContain('hit'))
  expect(await (await web.get('/')).text()).toBe('call 2')
})
