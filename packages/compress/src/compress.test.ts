import zlib from 'node:zlib'
import {
  type Application,
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
  withBody,
  withHeaders,
} from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { decodedText } from '../test/decode.ts'
import { type CompressOptions, compress } from './index.ts'

const long = 'Hello, compressed world. '.repeat(120)
const list = Array.from({ length: 100 }, (_, id) => ({ id, name: `user ${id}` }))
const all = 'gzip, deflate, br, zstd'

const get = (app: Application, accept?: string, options?: CompressOptions) =>
  client(compress(options)(app)).get(
    '/',
    accept === undefined ? {} : { headers: { 'accept-encoding': accept } },
  )
const encodingOf = async (app: Application, accept?: string, options?: CompressOptions) =>
  (await get(app, accept, options)).headers.get('content-encoding')

afterEach(() => {
  vi.restoreAllMocks()
})

describe('compress', () => {
  it.each(['gzip', 'br', 'zstd'])('compresses text with %s', async (encoding) => {
    const response = await get(() => text(long), encoding)
    expect(response.headers.get('content-encoding')).toBe(encoding)
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await decodedText(response)).toBe(long)
  })

  it.each<[string, string | null]>([
    ['gzip, deflate, br, zstd', 'zstd'],
    ['zstd, br, deflate, gzip', 'zstd'],
    ['gzip, br', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['gzip;q=0, *', 'zstd'],
    ['x-gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['*;q=0', null],
    ['identity;q=0', null],
    ['foo', null],
    ['deflate', null],
    ['', null],
  ])('chooses for Accept-Encoding: %s', async (accept, expected) => {
    const response = await get(() => text(long), accept)
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, expected])
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    expect(await decodedText(response)).toBe(long)
  })

  it('uses the codings of the options in their order', async () => {
    const encodings = ['gzip', 'br'] as const
    expect(await encodingOf(() => text(long), all, { encodings })).toBe('gzip')
    expect(await encodingOf(() => text(long), 'br, zstd', { encodings })).toBe('br')
    expect(await encodingOf(() => text(long), 'zstd', { encodings })).toBeNull()
  })

  it('adds Vary although the response is not compressed, and keeps the names that are there', async () => {
    const varyOf = async (vary: string | undefined, accept: string | undefined) =>
      (await get(() => json(list, vary === undefined ? {} : { headers: { vary } }), accept)).headers.get(
        'vary',
      )
    for (const accept of [undefined, 'gzip']) {
      expect(await varyOf(undefined, accept)).toBe('Accept-Encoding')
      expect(await varyOf('Origin', accept)).toBe('Origin, Accept-Encoding')
      expect(await varyOf('origin, accept-encoding', accept)).toBe('origin, accept-encoding')
      expect(await varyOf('*', accept)).toBe('*')
    }
  })

  it.each([
    ['"v1"', 'W/"v1"'],
    ['W/"v1"', 'W/"v1"'],
  ])('makes the tag %s weak', async (etag, expected) => {
    const app = () => text(long, { headers: { etag } })
    expect((await get(app, 'gzip')).headers.get('etag')).toBe(expected)
    expect((await get(app)).headers.get('etag')).toBe(etag)
  })

  it('makes the tag of a 304 weak if the client has the weak one', async () => {
    const app = () => empty(304, { headers: { etag: '"v1"' } })
    const etagFor = async (tags: string) => {
      const headers = { 'if-none-match': tags, 'accept-encoding': 'gzip' }
      const response = await client(compress()(app)).get('/', { headers })
      return [response.status, response.headers.get('etag'), response.headers.get('vary')]
    }
    expect(await etagFor('W/"v1"')).toEqual([304, 'W/"v1"', 'Accept-Encoding'])
    expect(await etagFor('"x", W/"v1"')).toEqual([304, 'W/"v1"', 'Accept-Encoding'])
    expect(await etagFor('"v1"')).toEqual([304, '"v1"', null])
    expect(await etagFor('W/"v2"')).toEqual([304, '"v1"', null])
  })

  it('removes the fields that describe the bytes before compression', async () => {
    const fields = {
      'content-length': String(long.length),
      'accept-ranges': 'bytes',
      'content-md5': 'x',
      'content-digest': 'x',
      'repr-digest': 'x',
      digest: 'x',
    }
    const app = () => text(long, { headers: { ...fields, 'x-kept': '1', 'last-modified': 'x' } })
    const names = [...(await get(app, 'gzip')).headers.keys()]
    expect(names).toEqual(['content-encoding', 'content-type', 'last-modified', 'vary', 'x-kept'])
    expect((await get(app)).headers.get('accept-ranges')).toBe('bytes')
  })

  it('keeps every Set-Cookie', async () => {
    const app = () => withHeaders(text(long), { 'set-cookie': ['a=1', 'b=2'] })
    expect((await get(app, 'gzip')).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('compresses a body on Node without a promise, if the application returns none', () => {
    const headers = { 'accept-encoding': 'gzip' }
    expect(compress()(() => text(long))(testEnviron('/', { headers }))).toBeInstanceOf(Response)
  })

  it('compresses bytes', async () => {
    const bytes = new TextEncoder().encode(long)
    const app = () => withBody(text(''), bytes)
    expect(await decodedText(await get(app, 'br'))).toBe(long)
  })

  it.each(['gzip', 'br', 'zstd'])(
    'compresses a body of a megabyte piece by piece with %s',
    async (encoding) => {
      const large = Array.from({ length: 100_000 }, (_, n) => `line ${n} – ü`).join('\n')
      for (const body of [large, new TextEncoder().encode(large)]) {
        const response = await get(() => withBody(text(''), body), encoding)
        expect(response.headers.get('content-encoding')).toBe(encoding)
        expect(await decodedText(response)).toBe(large)
      }
    },
  )

  it('compresses a native response', async () => {
    expect(await decodedText(await get(() => Response.json(list), 'gzip'))).toBe(JSON.stringify(list))
  })

  it('compresses error pages, and keeps the error that they were made of', async () => {
    const error = new HttpError(422, long)
    const seen: unknown[] = []
    const watch: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      seen.push(errorOf(response))
      return response
    }
    const app = stack(
      watch,
      compress(),
    )(() => {
      throw error
    })
    const response = await client(app).get('/', { headers: { 'accept-encoding': 'gzip' } })
    expect([response.status, response.headers.get('content-encoding')]).toEqual([422, 'gzip'])
    expect(JSON.parse(await decodedText(response)).detail).toBe(long)
    expect(seen).toEqual([error])
  })

  it('does not compress twice', async () => {
    const app = stack(compress(), compress({ encodings: ['br'] }))(() => text(long))
    const response = await client(app).get('/', { headers: { 'accept-encoding': all } })
    expect(response.headers.get('content-encoding')).toBe('br')
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    expect(await decodedText(response)).toBe(long)
  })

  it('sends a body that does not become smaller unchanged', async () => {
    const noise = crypto.getRandomValues(new Uint8Array(2000))
    const response = await get(() => withBody(text(''), noise), 'gzip')
    expect(response.headers.has('content-encoding')).toBe(false)
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    expect(await response.bytes()).toEqual(noise)
  })

  it.each([
    ['zstd', zlib.zstdCompressSync(long, { params: { [zlib.constants.ZSTD_c_compressionLevel]: 3 } })],
    ['br', zlib.brotliCompressSync(long, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } })],
    ['gzip', zlib.gzipSync(long, { level: 6 })],
  ])('compresses with %s at the default level', async (encoding, expected) => {
    const { byteLength } = await (await get(() => text(long), encoding)).bytes()
    expect(Math.abs(byteLength - expected.byteLength)).toBeLessThanOrEqual(4)
  })

  it('compresses with the levels of the options', async () => {
    const body = JSON.stringify(list)
    for (const level of [1, 9]) {
      const response = await get(() => json(list), 'gzip', { levels: { gzip: level } })
      expect(await response.bytes()).toEqual(new Uint8Array(zlib.gzipSync(body, { level })))
    }
  })

  it('adds nothing to the environ and requires nothing', () => {
    expectTypeOf(compress()).toEqualTypeOf<Middleware>()
    expectTypeOf(compress()<Environ>).returns.toEqualTypeOf<Application<Environ> & Callable<unknown>>()
  })
})

describe('compress returns the same response', () => {
  const range = { 'content-range': 'bytes 0-2999/9000' }
  it.each<[string, Response]>([
    ['with status 206', text(long, { status: 206, headers: range })],
    ['with Content-Range', text(long, { headers: range })],
    ['with Content-Encoding', text(long, { headers: { 'content-encoding': 'br' } })],
    ['with an unknown Content-Encoding', text(long, { headers: { 'content-encoding': 'x-other' } })],
    ['with no-transform', text(long, { headers: { 'cache-control': 'public, no-transform' } })],
    ['with No-Transform', text(long, { headers: { 'cache-control': 'No-Transform,private' } })],
    ['without a content type', withHeaders(text(long), { 'content-type': null })],
    ['of 200 bytes', text('x'.repeat(200))],
    ['of 1023 bytes', text('x'.repeat(1023))],
    ['of 0 bytes', text('')],
    ['that declares 200 bytes', stream(['x'.repeat(200)], { headers: { 'content-length': '200' } })],
    ['without a body', empty(200)],
    ['that redirects', redirect('/next')],
    ['of server-sent events', sse([long])],
  ])('%s', async (_, response) => {
    const app = compress()(() => response)
    for (const headers of [{ 'accept-encoding': all }, {}]) {
      expect(await app(testEnviron('/', { headers }))).toBe(response)
    }
  })

  it.each([
    'image/png',
    'image/jpeg',
    'image/webp',
    'font/woff2',
    'application/zip',
    'application/gzip',
    'application/pdf',
    'video/mp4',
    'audio/mpeg',
    'application/octet-stream',
    'multipart/form-data; boundary=x',
    'text',
    'nonsense',
  ])('of type %s', async (type) => {
    const response = text(long, { headers: { 'content-type': type } })
    const app = compress()(() => response)
    expect(await app(testEnviron('/', { headers: { 'accept-encoding': all } }))).toBe(response)
  })
})

describe('the media type', () => {
  it.each([
    'text/html; charset=utf-8',
    'TEXT/CSS',
    'text/javascript',
    'image/svg+xml',
    'application/json',
    'application/vnd.x+json',
    'application/problem+json; charset=utf-8',
    'application/wasm',
    'application/xml',
    'application/atom+xml',
    'application/manifest+json',
    'font/ttf',
  ])('%s is compressed', async (type) => {
    expect(await encodingOf(() => text(long, { headers: { 'content-type': type } }), 'gzip')).toBe('gzip')
  })

  it('is decided by the option types, in lower case and without parameters', async () => {
    const asked: string[] = []
    const types = (type: string) => {
      asked.push(type)
      return type === 'application/x-own'
    }
    const typed = (type: string) => () => text(long, { headers: { 'content-type': type } })
    expect(await encodingOf(typed('Application/X-Own; v=1'), 'gzip', { types })).toBe('gzip')
    expect(await encodingOf(typed('text/html'), 'gzip', { types })).toBeNull()
    expect(asked).toEqual(['application/x-own', 'text/html'])
  })
})

describe('the size', () => {
  it('decides from minSize on', async () => {
    expect(await encodingOf(() => text('x'.repeat(1024)), 'gzip')).toBe('gzip')
    expect(await encodingOf(() => text('x'.repeat(100)), 'gzip', { minSize: 100 })).toBe('gzip')
    expect(await encodingOf(() => text('x'.repeat(99)), 'gzip', { minSize: 100 })).toBeNull()
  })

  it('of 0 bytes is never compressed', async () => {
    const bodies = ['', new Uint8Array()]
    for (const body of bodies) {
      const response = await get(() => withBody(text(''), body), 'gzip', { minSize: 0 })
      expect(response.headers.has('content-encoding')).toBe(false)
      expect(await response.text()).toBe('')
    }
  })

  it('that the application declares is replaced', async () => {
    const headers = { 'content-length': String(long.length) }
    const whole = await get(() => text(long, { headers }), 'gzip')
    const streamed = await get(() => stream([long], { headers }), 'gzip')
    for (const response of [whole, streamed]) {
      expect(response.headers.has('content-length')).toBe(false)
      expect(await decodedText(response)).toBe(long)
    }
  })
})

describe('the response to HEAD', () => {
  const head = (app: Application, options?: CompressOptions) =>
    client(compress(options)(app)).head('/', { headers: { 'accept-encoding': 'gzip' } })

  it.each<[string, Application]>([
    ['a text', () => html(long, { headers: { etag: '"v1"', 'content-length': '3000' } })],
    ['a stream', () => stream([long], { headers: { etag: '"v1"' } })],
    [
      'no body',
      () => empty(200, { headers: { etag: '"v1"', 'content-type': 'text/html', 'content-length': '3000' } }),
    ],
  ])('has the fields of a compressed response, and compresses nothing: %s', async (_, app) => {
    const made = [vi.spyOn(zlib, 'createGzip'), vi.spyOn(zlib, 'gzipSync')]
    const response = await head(app)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding',
      etag: 'W/"v1"',
    })
    expect(response.headers.has('content-length')).toBe(false)
    expect(response.body).toBeNull()
    for (const spy of made) expect(spy).not.toHaveBeenCalled()
  })

  it('cancels the stream', async () => {
    const cancelled = vi.fn(async () => ({ done: true as const, value: undefined }))
    const chunks = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: cancelled }),
    }
    await head(() => stream(chunks))
    expect(cancelled).toHaveBeenCalledOnce()
  })

  it('is unchanged if the response to GET would be', async () => {
    for (const response of [text('short'), empty(200, { headers: { 'content-type': 'text/html' } })]) {
      const environ = testEnviron('/', { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } })
      expect(compress()(() => response)(environ)).toBe(response)
    }
  })
})

describe('the options of compress', () => {
  it.each<[unknown, string]>([
    [{ encoding: ['gzip'] }, "compress: unknown option 'encoding', did you mean 'encodings'?"],
    [{ encodings: [] }, "compress: encodings must be a list of 'zstd', 'br' or 'gzip', got an empty list"],
    [{ encodings: 'gzip' }, `compress: encodings must be a list of 'zstd', 'br' or 'gzip', got "gzip"`],
    [
      { encodings: ['deflate'] },
      `compress: encodings must contain only 'zstd', 'br' or 'gzip', got "deflate"`,
    ],
    [
      { minSize: -1 },
      "compress: minSize must be a size from 0 to 1073741824 bytes, as a number of bytes or text such as '64KiB' or '16MiB', got -1",
    ],
    [
      { minSize: '1kb' },
      `compress: minSize must be a size from 0 to 1073741824 bytes, as a number of bytes or text such as '64KiB' or '16MiB', got "1kb"`,
    ],
    [{ types: /text/ }, 'compress: types must be a function of a media type, got an instance of RegExp'],
    [{ events: 'yes' }, 'compress: events must be true or false, got "yes"'],
    [{ levels: { gzp: 1 } }, "compress: levels: unknown option 'gzp', did you mean 'gzip'?"],
    [{ levels: { zstd: 20 } }, 'compress: levels.zstd must be a whole number from 1 to 19, got 20'],
    [{ levels: { br: 4.5 } }, 'compress: levels.br must be a whole number from 0 to 11, got 4.5'],
    [{ levels: { gzip: 0 } }, 'compress: levels.gzip must be a whole number from 1 to 9, got 0'],
    [null, 'compress: options must be an object, got null'],
  ])('reject %j at start', (options, message) => {
    expect(() => compress(options as CompressOptions)).toThrow(new TypeError(message))
  })
})
