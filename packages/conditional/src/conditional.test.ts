import {
  type Application,
  bytes,
  type Callable,
  type Environ,
  empty,
  errorOf,
  HttpError,
  html,
  json,
  type Middleware,
  redirect,
  sse,
  stack,
  stream,
  text,
  withHeaders,
} from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type ConditionalOptions, conditional } from './index.ts'

const modified = 'Thu, 01 Jan 2026 12:00:00 GMT'
const earlier = 'Thu, 01 Jan 2026 11:59:59 GMT'
const later = 'Thu, 01 Jan 2026 12:00:01 GMT'

const tagged = (etag: string) => () => text('Hello', { headers: { etag } })
const dated = () => text('Hello', { headers: { 'last-modified': modified } })
const both = () => text('Hello', { headers: { etag: '"a"', 'last-modified': modified } })

const get = (app: Application, headers: Record<string, string> = {}, options?: ConditionalOptions) =>
  client(conditional(options)(app)).get('/', { headers })
const statusOf = async (app: Application, headers: Record<string, string>) => (await get(app, headers)).status

describe('conditional', () => {
  it('responds with 304 if the tag matches, compared weakly', async () => {
    expect(await statusOf(tagged('"a"'), { 'if-none-match': 'W/"a"' })).toBe(304)
    expect(await statusOf(tagged('W/"a"'), { 'if-none-match': '"a"' })).toBe(304)
    expect(await statusOf(tagged('"a"'), { 'if-none-match': '"b"' })).toBe(200)
  })

  it('finds the tag in a list, and in any of several field lines', async () => {
    expect(await statusOf(tagged('"a"'), { 'if-none-match': '"x", W/"a"' })).toBe(304)
    expect(await statusOf(tagged('"a"'), { 'if-none-match': '*' })).toBe(304)
    expect(await statusOf(tagged('"a,b"'), { 'if-none-match': '"x", "a,b"' })).toBe(304)
    const headers = new Headers([
      ['if-none-match', '"x"'],
      ['if-none-match', '"a"'],
    ])
    const response = await client(conditional()(tagged('"a"'))).get('/', { headers })
    expect(response.status).toBe(304)
  })

  it('ignores If-Modified-Since if there is If-None-Match', async () => {
    expect(await statusOf(both, { 'if-none-match': '"a"', 'if-modified-since': earlier })).toBe(304)
    expect(await statusOf(both, { 'if-none-match': '"b"', 'if-modified-since': later })).toBe(200)
  })

  it.each([
    ['equal', modified, 304],
    ['later', later, 304],
    ['earlier', earlier, 200],
    ['not an HTTP date', '2099', 200],
    ['rubbish', 'yesterday, at noon', 200],
    ['in the future', 'Thu, 31 Dec 2099 00:00:00 GMT', 304],
    ['in the format of RFC 850', 'Thursday, 01-Jan-26 12:00:00 GMT', 304],
    ['in the format of asctime', 'Thu Jan  1 12:00:00 2026', 304],
  ])('compares If-Modified-Since with Last-Modified if it is %s', async (_, date, status) => {
    expect(await statusOf(dated, { 'if-modified-since': date })).toBe(status)
  })

  it('ignores a Last-Modified of the application that is not a date', async () => {
    const app = () => text('Hello', { headers: { 'last-modified': 'today' } })
    expect(await statusOf(app, { 'if-modified-since': later })).toBe(200)
  })

  it('keeps the header fields of the 200 in a 304, except those about the body', async () => {
    const fields = {
      vary: 'Accept-Encoding',
      'cache-control': 'max-age=60',
      'content-location': '/hello',
      'access-control-allow-origin': 'https://example.com',
      'x-request-id': '7',
    }
    const app = () =>
      withHeaders(text('Hello', { headers: { ...fields, etag: '"a"', 'content-language': 'en' } }), {
        'set-cookie': ['a=1', 'b=2'],
      })
    const response = await get(app, { 'if-none-match': '"a"' })
    expect(response.status).toBe(304)
    expect(Object.fromEntries(response.headers)).toMatchObject({ ...fields, etag: '"a"' })
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.has('content-type')).toBe(false)
    expect(response.body).toBeNull()
  })

  it('keeps what middleware outside adds to a 304', async () => {
    const cors: Middleware = (app) => async (environ) =>
      withHeaders(await app(environ), { 'access-control-allow-origin': '*', vary: 'Origin' })
    const web = client(stack(cors, conditional())(tagged('"a"')))
    const response = await web.get('/', { headers: { 'if-none-match': '"a"' } })
    expect(response.status).toBe(304)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('vary')).toBe('Origin')
  })

  it.each<[string, Application]>([
    ['404', () => json({}, { status: 404 })],
    ['404 with a tag', () => json({}, { status: 404, headers: { etag: '"a"' } })],
    ['302', () => redirect('/next')],
    ['500', () => text('broken', { status: 500 })],
    ['304', () => empty(304, { headers: { etag: '"a"' } })],
  ])('returns the same response with status %s', async (_, app) => {
    for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '"b"' }]) {
      const response = await app(testEnviron('/'))
      const middleware = conditional()(() => response)
      expect(await middleware(testEnviron('/', { headers }))).toBe(response)
    }
  })

  it('passes thrown errors on', async () => {
    const app = () => {
      throw new HttpError(404)
    }
    const response = await get(app, { 'if-none-match': '*' })
    expect(response.status).toBe(404)
    expect(response.headers.has('etag')).toBe(false)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('returns the same response to %s', (method) => {
    const response = text('done', { headers: { etag: '"a"' } })
    const headers = { 'if-none-match': '"a"', 'if-match': '"b"' }
    expect(conditional()(() => response)(testEnviron('/', { method, headers }))).toBe(response)
  })

  it.each([
    ['If-Match does not have the tag', { 'if-match': '"b"' }],
    ['If-Match has a weak tag', { 'if-match': 'W/"a"' }],
    ['it is modified since', { 'if-unmodified-since': earlier }],
  ])('responds to GET with 412 if %s, and cancels the body', async (_, headers) => {
    const cancelled: string[] = []
    const app = () =>
      stream(untilCancelled(cancelled), { headers: { etag: '"a"', 'last-modified': modified } })
    const response = await get(app, headers)
    expect(response.status).toBe(412)
    expect(await response.json()).toMatchObject({ title: 'Precondition Failed' })
    expect(errorOf(response)).toBeInstanceOf(HttpError)
    expect(cancelled).toEqual(['cancelled'])
  })

  it('responds to GET normally if If-Match and If-Unmodified-Since hold', async () => {
    expect(await statusOf(both, { 'if-match': '"x", "a"', 'if-unmodified-since': earlier })).toBe(200)
    expect(await statusOf(both, { 'if-unmodified-since': modified })).toBe(200)
  })

  it('cancels a stream that the client does not need', async () => {
    const cancelled: string[] = []
    const app = () => stream(untilCancelled(cancelled), { headers: { etag: '"a"' } })
    const response = await get(app, { 'if-none-match': '"a"' })
    expect([response.status, response.body]).toEqual([304, null])
    expect(cancelled).toEqual(['cancelled'])
  })

  it('is synchronous on Node if the application is', () => {
    const app = conditional()(() => text('Hello'))
    expect(app(testEnviron('/'))).toBeInstanceOf(Response)
    expect(app(testEnviron('/', { headers: { 'if-none-match': '*' } }))).toBeInstanceOf(Response)
  })

  it('works twice, with the same tag', async () => {
    const web = client(stack(conditional(), conditional())(() => text('Hello')))
    const etag = (await web.get('/')).headers.get('etag')!
    expect(etag).toBe((await get(() => text('Hello'))).headers.get('etag'))
    expect((await web.get('/', { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('adds nothing to the environ and requires nothing', () => {
    expectTypeOf(conditional()).toEqualTypeOf<Middleware>()
    expectTypeOf(conditional()<Environ>).returns.toEqualTypeOf<Application<Environ> & Callable<unknown>>()
  })
})

describe('a generated tag', () => {
  const tagOf = async (app: Application, options?: ConditionalOptions) =>
    (await get(app, {}, options)).headers.get('etag')

  it('is strong and lets the client revalidate', async () => {
    const etag = await tagOf(() => json({ a: 1 }))
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    expect(await statusOf(() => json({ a: 1 }), { 'if-none-match': etag! })).toBe(304)
    expect(await statusOf(() => json({ a: 2 }), { 'if-none-match': etag! })).toBe(200)
  })

  it('depends on the bytes of the body alone', async () => {
    const etag = await tagOf(() => json({ a: 'grüße' }))
    expect(await tagOf(() => text('{"a":"grüße"}'))).toBe(etag)
    expect(await tagOf(() => bytes(new TextEncoder().encode('{"a":"grüße"}')))).toBe(etag)
    expect(await tagOf(() => html('{"a":"grüße"}', { headers: { vary: 'Cookie' } }))).toBe(etag)
  })

  it('differs for different bodies', async () => {
    const bodies = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 2, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(bodies, async (bodies) => {
        const wellFormed = new Set(bodies.map((body) => body.toWellFormed()))
        const tags = await Promise.all(bodies.map((body) => tagOf(() => text(body))))
        expect(new Set(tags).size).toBe(wellFormed.size)
      }),
    )
  })

  it('is the same for HEAD as for GET', async () => {
    const web = client(conditional()(() => text('Hello')))
    const head = await web.head('/')
    expect(head.headers.get('etag')).toBe((await web.get('/')).headers.get('etag'))
    const headers = { 'if-none-match': head.headers.get('etag')! }
    expect((await web.head('/', { headers })).status).toBe(304)
  })

  it('is not made of the empty body of a response to HEAD', async () => {
    const bodies: Application[] = [() => empty(200), () => text('')]
    for (const app of bodies) {
      const response = await client(conditional()(app)).head('/')
      expect(response.headers.has('etag')).toBe(false)
    }
  })

  it.each<[string, Application]>([
    ['a stream', () => stream(['Hello'])],
    ['events', () => sse(['Hello'])],
    ['events in one text', () => text('data: 1\n\n', { headers: { 'content-type': 'text/event-stream' } })],
    ['no-store', () => text('Hello', { headers: { 'cache-control': 'private, no-store' } })],
    ['status 201', () => text('Hello', { status: 201 })],
    ['status 206', () => text('Hello', { status: 206, headers: { 'content-range': 'bytes 0-4/9' } })],
    ['no body', () => empty(200)],
  ])('is not made for a response with %s, which is returned unchanged', async (_, app) => {
    const response = await app(testEnviron('/'))
    expect(await conditional()(() => response)(testEnviron('/'))).toBe(response)
  })

  it.each(['"a"', 'W/"a"'])('does not replace the tag %s of the application', async (etag) => {
    expect(await tagOf(tagged(etag))).toBe(etag)
  })

  it('does not delay the chunks of a stream', async () => {
    const asked: number[] = []
    async function* numbers() {
      for (let n = 1; n <= 3; n++) {
        asked.push(n)
        yield `${n}`
      }
    }
    const response = await get(() => stream(numbers()))
    const reader = response.body!.getReader()
    expect(asked).toEqual([])
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('1')
    expect(asked).toEqual([1])
    await reader.cancel()
  })

  it('is made up to maxSize, and not with generate: false', async () => {
    expect(await tagOf(() => text('12345'), { maxSize: 5 })).not.toBeNull()
    expect(await tagOf(() => text('123456'), { maxSize: 5 })).toBeNull()
    expect(await tagOf(() => text('Hello'), { generate: false })).toBeNull()
    const response = await get(tagged('"a"'), { 'if-none-match': '"a"' }, { generate: false })
    expect(response.status).toBe(304)
  })
})

describe('the options of conditional', () => {
  it.each<[unknown, string]>([
    [{ generat: true }, "conditional: unknown option 'generat', did you mean 'generate'?"],
    [{ generate: 1 }, 'conditional: generate must be true or false, got 1'],
    [
      { maxSize: -1 },
      "conditional: maxSize must be a size from 0 to 1073741824 bytes, as a number of bytes or text such as '64KiB' or '16MiB', got -1",
    ],
    [
      { maxSize: '1mb' },
      `conditional: maxSize must be a size from 0 to 1073741824 bytes, as a number of bytes or text such as '64KiB' or '16MiB', got "1mb"`,
    ],
    [null, 'conditional: options must be an object, got null'],
  ])('reject %j at start', (options, message) => {
    expect(() => conditional(options as ConditionalOptions)).toThrow(new TypeError(message))
  })
})

/** A source that waits for ever, and notes that it was cancelled. */
function untilCancelled(cancelled: string[]): AsyncIterable<string> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => {
        cancelled.push('cancelled')
        return { done: true, value: undefined }
      },
    }),
  }
}
