import zlib from 'node:zlib'
import { type Application, mapBody, sse, stream, text, withBody } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodedBytes, decodedText, StreamingDecoder } from '../test/decode.ts'
import { type CompressOptions, compress } from './index.ts'

const encodings = ['zstd', 'br', 'gzip'] as const
const get = (app: Application, accept: string, options?: CompressOptions) =>
  client(compress(options)(app)).get('/', { headers: { 'accept-encoding': accept } })

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each(encodings)('a stream that is compressed with %s', (encoding) => {
  it('has the same bytes, however they are divided', async () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.integer({ min: 1, max: 200_000 }).map((length) => new Uint8Array(length).fill(length)),
      fc.string({ unit: 'binary', maxLength: 40 }).map((each) => each.toWellFormed()),
    )
    const isLate = fc.boolean()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(chunk, isLate), { maxLength: 12 }), async (chunks) => {
        async function* body() {
          for (const [chunk, isLate] of chunks) {
            if (isLate) await new Promise((resolve) => setImmediate(resolve))
            yield chunk
          }
        }
        const response = await get(() => stream(body()), encoding)
        expect(response.headers.get('content-encoding')).toBe(encoding)
        const sent = Buffer.concat(chunks.map(([chunk]) => Buffer.from(chunk as string)))
        expect(Buffer.from(await decodedBytes(response)).equals(sent)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('shows each chunk before the next one is made', async () => {
    const { source, release, made } = gated(['<h1>', '<p>', '</html>'])
    const response = await get(() => stream(source(), { headers: { 'content-type': 'text/html' } }), encoding)
    const decoder = StreamingDecoder.of(response)
    expect(await decoder.until('<h1>')).toBe('<h1>')
    expect(made).toEqual(['<h1>'])
    release()
    expect(await decoder.until('<p>')).toBe('<h1><p>')
    expect(made).toEqual(['<h1>', '<p>'])
    release()
    expect(await decoder.until('</html>')).toBe('<h1><p></html>')
  })

  it('shows each server-sent event before the next one is made, with events', async () => {
    const { source, release } = gated(['1', '2'])
    const response = await get(() => sse(source()), encoding, { events: true })
    expect(response.headers.get('content-encoding')).toBe(encoding)
    const decoder = StreamingDecoder.of(response)
    expect(await decoder.until('data: 1\n\n')).toBe('data: 1\n\n')
    release()
    expect(await decoder.until('data: 2\n\n')).toBe('data: 1\n\ndata: 2\n\n')
  })

  it('shows the comments that keep an event stream open', async () => {
    const { source } = gated(['1', '2'])
    const response = await get(() => sse(source(), { keepAlive: 5 }), encoding, { events: true })
    const decoder = StreamingDecoder.of(response)
    expect(await decoder.until(': keep-alive\n\n')).toContain('data: 1\n\n')
  })

  it('frees the compressor and ends the source when the client leaves', async () => {
    const names = { zstd: 'createZstdCompress', br: 'createBrotliCompress', gzip: 'createGzip' } as const
    const create = vi.spyOn(zlib, names[encoding])
    let hasLeft = false
    async function* endless() {
      try {
        for (;;) yield 'again and again '
      } finally {
        hasLeft = true
      }
    }
    const response = await get(() => stream(endless()), encoding)
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel('left')
    expect(hasLeft).toBe(true)
    expect(create).toHaveBeenCalledOnce()
    expect(create.mock.results[0]?.value.destroyed).toBe(true)
  })

  it('frees the compressor when the client leaves while it waits for the source', async () => {
    const left = Promise.withResolvers<unknown>()
    const source = {
      [Symbol.asyncIterator]: () => ({
        isFirst: true,
        async next(): Promise<IteratorResult<string>> {
          if (!this.isFirst) return new Promise(() => {})
          this.isFirst = false
          return { done: false, value: 'first' }
        },
        async return(reason: unknown): Promise<IteratorResult<string>> {
          left.resolve(reason)
          return { done: true, value: undefined }
        },
      }),
    }
    const response = await get(() => stream(source), encoding)
    const reader = response.body!.getReader()
    await reader.read()
    const pending = reader.read()
    await reader.cancel('left')
    expect(await left.promise).toBe('left')
    expect(await pending).toEqual({ done: true, value: undefined })
  })

  it('fails if the source fails, without an end that looks complete', async () => {
    async function* broken() {
      yield 'first '
      throw new RangeError('broken')
    }
    const response = await get(() => stream(broken()), encoding)
    await expect(response.bytes()).rejects.toThrow(new RangeError('broken'))
  })

  it('fails if the body is shorter or longer than its Content-Length', async () => {
    const declared = (chunks: string[]) => {
      // The linter would find it first.
      const body = new Response(chunks.join('')).body!
      return () => new Response(body, { headers: { 'content-type': 'text/plain', 'content-length': '2000' } })
    }
    const bodyOf = async (app: Application) => {
      const environ = testEnviron('/', { headers: { 'accept-encoding': encoding } })
      return (await compress()(app)(environ)).bytes()
    }
    await expect(bodyOf(declared(['x'.repeat(1999)]))).rejects.toThrow(
      new TypeError("compress: the application's Content-Length is 2000, but its body has 1999 bytes"),
    )
    await expect(bodyOf(declared(['x'.repeat(2001)]))).rejects.toThrow(
      new TypeError("compress: the application's Content-Length is 2000, but its body has more bytes"),
    )
    expect((await bodyOf(declared(['x'.repeat(2000)]))).byteLength).toBeLessThan(200)
  })

  it('is not read before the client reads, and not ahead of it', async () => {
    let made = 0
    const piece = crypto.getRandomValues(new Uint8Array(32 * 1024))
    function* noise() {
      for (;;) {
        made++
        yield piece
      }
    }
    const response = await get(() => stream(noise()), encoding)
    expect(made).toBe(0)
    const reader = response.body!.getReader()
    await reader.read()
    const read = made
    expect(read).toBeLessThan(64)
    await new Promise((resolve) => setImmediate(resolve))
    expect(made).toBe(read)
    await reader.cancel()
  })

  it('is cancelled if it is never read', async () => {
    const cancelled = vi.fn(async () => ({ done: true as const, value: undefined }))
    const source = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: cancelled }),
    }
    const response = await get(() => stream(source), encoding)
    await response.body!.cancel()
    expect(cancelled).toHaveBeenCalledOnce()
  })

  it('may be empty', async () => {
    expect(await decodedText(await get(() => stream([]), encoding))).toBe('')
  })
})

describe('a compressed stream', () => {
  it('joins the chunks that are ready', async () => {
    const write = vi.spyOn(zlib.createGzip().constructor.prototype, 'write')
    const lines = Array.from({ length: 1000 }, (_, n) => `line ${n}\n`)
    expect(await decodedText(await get(() => stream(lines), 'gzip'))).toBe(lines.join(''))
    expect(write.mock.calls.filter(([chunk]) => (chunk as Uint8Array).length > 0).length).toBeLessThan(10)
  })

  it('can be made of a mapped body', async () => {
    const same = () => new TransformStream<Uint8Array, Uint8Array>()
    const app = () => mapBody(text('x'.repeat(2000)), (body) => body.pipeThrough(same()))
    expect(await decodedText(await get(app, 'gzip'))).toBe('x'.repeat(2000))
  })

  it('keeps what was there in memory until the client takes it', async () => {
    const large = Buffer.from(crypto.getRandomValues(new Uint8Array(65_536)))
      .toString('hex')
      .repeat(8)
    const response = await get(() => withBody(text(''), large), 'gzip')
    const reader = response.body!.getReader()
    const { value } = await reader.read()
    expect(value!.byteLength).toBeLessThan(200_000)
    await reader.cancel()
  })
})

/** A source that makes its next chunk only when it is released. */
function gated(chunks: readonly string[]) {
  const made: string[] = []
  let release = () => {}
  async function* source() {
    for (const chunk of chunks) {
      if (made.length > 0) {
        await new Promise<void>((resolve) => {
          release = resolve
        })
      }
      made.push(chunk)
      yield chunk
    }
  }
  return { source, made, release: () => release() }
}
