import { afterEach, describe, expect, it, vi } from 'vitest'
import { answered, LoopbackExchange, LoopbackOutlet } from '../../test/loopback.ts'
import { handleRequest } from '../gateway.ts'
import { HttpError } from '../response/http-error.ts'
import { sse } from '../response/sse.ts'
import { stream } from '../response/stream.ts'

const broken = new Error('broken')
const tick = () => new Promise((resolve) => setImmediate(resolve))

/** The two kinds of bodies that a gateway reads. */
const asIterator = (response: Response) => response
const asStream = (response: Response) => new Response(response.body, response)

/** Starts sending a response. */
function start(response: Response): LoopbackExchange {
  const exchange = new LoopbackExchange()
  handleRequest(() => response, exchange)
  return exchange
}

describe.each([
  ['a stream', asStream],
  ['an iterator', asIterator],
])('a response whose body is %s', (_, kind) => {
  it('writes a body in one piece if it ends in the first turn', async () => {
    const exchange = await answered(kind(stream(['one', '', 'two'])))
    const { log } = exchange
    expect(log).toEqual(['whole 200 onetwo'])
    expect(exchange.bytes).toBe(6)
    expect(exchange.plan?.length).toBe(6)
  })

  it('holds back at most 16 KiB, unless it is a single chunk', async () => {
    const large = 'x'.repeat(20_000)
    expect((await answered(kind(stream([large])))).log).toEqual([`whole 200 ${large}`])
    expect((await answered(kind(stream(['a', large, 'b'])))).log).toEqual(['head', 'a', large, 'b', 'end'])
  })

  it('writes an empty body in one piece', async () => {
    expect((await answered(kind(stream([])))).log).toEqual(['whole 200 '])
  })

  it('does not hold the head back for a late chunk', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    async function* source() {
      await promise
      yield 'late'
    }
    const exchange = start(kind(stream(source())))
    while (exchange.log.length === 0) await tick()
    resolve()
    await exchange.over
    expect(exchange.log).toEqual(['head alone', 'late', 'end'])
  })

  it('waits while the client does not read, and reports it', async () => {
    const { log, bytes } = await answered(kind(stream(late('a', 'full', 'b'))))
    expect(log).toEqual(['head alone', 'a', 'full', 'stalled', 'goes on', 'b', 'end'])
    expect(bytes).toBe(6)
  })

  it.each([
    ['more', 2, "TypeError: The application's Content-Length is 2, but its body has more bytes"],
    ['fewer', 9, "TypeError: The application's Content-Length is 9, but its body has 6 bytes"],
  ])('fails if there are %s bytes than declared', async (_, declared, failure) => {
    const headers = { 'content-length': String(declared) }
    const { log, reported } = await answered(kind(stream(late('one', 'two'), { headers })))
    expect(log.at(-1)).toBe('cut off')
    expect(reported.map(String)).toEqual([failure])
  })

  it('becomes a 500 if the body fails in the first turn', async () => {
    function* failing() {
      yield 'one'
      yield 'two'
      throw new Error('broken')
    }
    const { log, reported } = await answered(kind(stream(failing())))
    expect(log).toEqual([expect.stringMatching(/^whole 500 /)])
    expect(reported).toEqual([new Error('broken')])
  })

  it.each<[string, unknown, readonly unknown[]]>([
    ['an error is reported', broken, [broken]],
    ['nothing is reported if the client is to blame', new HttpError(400), []],
    [
      'a value that is not an error is reported as one',
      'text',
      [new TypeError('The application threw "text", not an Error', { cause: 'text' })],
    ],
  ])('is cut off after the earlier chunks if the body fails later: %s', async (_, thrown, expected) => {
    async function* failing() {
      yield* late('one', 'two')
      throw thrown
    }
    const { log, reported } = await answered(kind(stream(failing())))
    expect(log).toEqual(['head alone', 'one', 'two', 'cut off'])
    expect(reported).toEqual(expected)
  })

  it.each([0, 2])(
    'sends a chunk as it was, even if its memory shrinks afterwards, followed by %i others',
    async (others) => {
      async function* chunks() {
        const memory = new ArrayBuffer(5, { maxByteLength: 10 })
        yield new Uint8Array(memory).fill(120)
        memory.resize(2)
        for (let n = 0; n < others; n++) {
          await tick()
          yield 'more'
        }
      }
      const { log } = await answered(kind(stream(chunks())))
      expect(log.join('')).toContain('xxxxx')
    },
  )

  it.each([
    [0, 'whole 500'],
    [2, 'cut off'],
  ])('fails if a chunk was transferred before it is sent, followed by %i others', async (others, end) => {
    async function* chunks() {
      const chunk = new Uint8Array(5)
      yield chunk
      structuredClone(chunk.buffer, { transfer: [chunk.buffer] })
      for (let n = 0; n < others; n++) {
        await tick()
        yield 'more'
      }
    }
    const { log, reported } = await answered(kind(stream(chunks())))
    expect(log.at(-1)).toMatch(new RegExp(`^${end}`))
    expect(reported.map(String)).toEqual([expect.stringContaining('The memory of the body was transferred')])
  })

  it('fails if a chunk is neither text nor bytes, and ends the iterator once', async () => {
    const { source, steps } = steppedSource([{ value: 'one' }, { value: 7 as never }])
    const { log, reported } = await answered(kind(stream(source)))
    expect(log).toEqual([expect.stringMatching(/^whole 500 /)])
    expect(reported.map(String)).toEqual([
      'TypeError: stream: a chunk must be a string or a Uint8Array, got 7',
    ])
    await tick()
    expect(steps).toEqual(['next', 'next', 'return'])
  })

  it('ends an iterator once if it has more bytes than declared', async () => {
    const { source, steps } = steppedSource([
      { value: 'one' },
      tick().then(async () => {
        await tick()
        return { value: 'two' }
      }),
      { value: 'three' },
    ])
    await answered(kind(stream(source, { headers: { 'content-length': '5' } })))
    await tick()
    expect(steps.filter((step) => step === 'return')).toEqual(['return'])
  })

  it('does not end an iterator that has already ended', async () => {
    const { source, steps } = steppedSource([{ value: 'one' }, { value: 'two' }])
    const exchange = await answered(kind(stream(source)))
    exchange.close(false)
    await tick()
    expect(steps).toEqual(['next', 'next', 'next'])
  })

  it('ends the iterator once when the client disconnects, and ignores later results', async () => {
    const { promise: waiting, reject } = Promise.withResolvers<{ value: string }>()
    const { source, steps } = steppedSource([{ value: 'one' }, { value: 'two' }, waiting])
    const exchange = start(kind(stream(source)))
    const { log } = exchange
    await tick()
    await tick()
    exchange.close(false)
    exchange.close(false)
    await tick()
    reject(new Error('after the client disconnected'))
    await tick()
    expect(log).toEqual(['head', 'one', 'two'])
    expect(steps).toEqual(['next', 'next', 'next', 'return'])
    expect(exchange.reported).toEqual([])
  })

  it('reports an iterator whose return() fails when the client disconnects', async () => {
    const { source } = steppedSource([new Promise(() => {})], () => {
      throw new Error('stuck')
    })
    const exchange = start(kind(stream(source)))
    exchange.close(false)
    await tick()
    expect(exchange.reported.map(String)).toEqual(['Error: stuck'])
  })

  it('stops reading when a client disconnects that was not reading', async () => {
    const { source, steps } = steppedSource([
      tick().then(async () => {
        await tick()
        return { value: 'a' }
      }),
      { value: 'full' },
      { value: 'b' },
    ])
    const exchange = new LoopbackExchange()
    const { log } = exchange
    // Never drains.
    exchange.outlet.emit = () => false
    handleRequest(() => kind(stream(source)), exchange)
    while (!log.includes('stalled')) await tick()
    exchange.close(false)
    await tick()
    expect(log).toEqual(['head alone', 'a', 'full', 'stalled'])
    expect(steps).toEqual(['next', 'next', 'return'])
  })
})

describe('a response whose body is a native stream', () => {
  it('fails if a chunk is not bytes, and cancels the stream', async () => {
    let reason: unknown
    const body = new ReadableStream({
      start: (controller) => controller.enqueue('text'),
      cancel(why) {
        reason = why
      },
    })
    const { log } = await answered(new Response(body))
    expect(log).toEqual([expect.stringMatching(/^whole 500 /)])
    expect(reason).toEqual(new TypeError('A chunk of the body must be a Uint8Array, got "text"'))
  })

  it('cancels the stream when the client disconnects', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const exchange = start(new Response(new ReadableStream({ cancel: resolve })))
    const { log } = exchange
    exchange.close(false)
    expect(await promise).toMatchObject({ name: 'AbortError' })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(log).toEqual([])
  })

  it.each<[string, Error, readonly Error[]]>([
    ['reports why the stream has failed', broken, [broken]],
    ['reports nothing if the client is to blame', new HttpError(400), []],
  ])('%s when the client disconnects', async (_, error, expected) => {
    const { promise, resolve } = Promise.withResolvers<ReadableStreamDefaultController>()
    const exchange = start(new Response(new ReadableStream({ start: resolve })))
    const controller = await promise
    controller.error(error)
    exchange.close(false)
    await tick()
    expect(exchange.reported).toEqual(expected)
  })
})

describe('a response of stream()', () => {
  it('writes a synchronous body before it returns', () => {
    expect(start(stream(['a', 'b', '', 'c'])).log).toEqual(['whole 200 abc'])
  })

  it('accepts any kind of promise from an iterator', async () => {
    let left = 2
    const next = () => {
      const result = left-- > 0 ? { done: false, value: 'x' } : { done: true, value: undefined }
      // biome-ignore lint/suspicious/noThenProperty: libraries have such promises
      return { then: (resolve: (value: unknown) => void) => resolve(result) }
    }
    const chunks = { [Symbol.asyncIterator]: () => ({ next }) } as never
    const { log } = await answered(stream(chunks))
    expect(log).toEqual(['whole 200 xx'])
  })

  it('counts the bytes of text, not its characters', async () => {
    const { bytes, log } = await answered(stream(late('ü', '世\ud800')))
    expect(log).toEqual(['head alone', 'ü', '世\ufffd', 'end'])
    expect(bytes).toBe(8)
  })
})

describe('a response of sse()', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A source that yields events on demand. */
  function events() {
    let give = (_: IteratorResult<string>) => {}
    const next = () =>
      new Promise<IteratorResult<string>>((resolve) => {
        give = resolve
      })
    const source = { [Symbol.asyncIterator]: () => ({ next }) }
    return {
      source,
      give: (value: string) => give({ done: false, value }),
      end: () => give({ done: true, value: undefined }),
    }
  }

  const comment = ': keep-alive\n\n'

  it('sends a comment after each silence, using one timer that is cleared at the end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { source, give, end } = events()
    const { log } = start(sse(source, { keepAlive: 1000 }))
    await tick()
    expect(log).toEqual(['head alone'])
    await vi.advanceTimersByTimeAsync(2000)
    expect(log.splice(0)).toEqual(['head alone', comment, comment])
    await vi.advanceTimersByTimeAsync(999)
    give('a')
    await vi.advanceTimersByTimeAsync(999)
    expect(log.splice(0)).toEqual(['data: a\n\n'])
    await vi.advanceTimersByTimeAsync(1)
    expect(log.splice(0)).toEqual([comment])
    expect(vi.getTimerCount()).toBe(1)
    end()
    await tick()
    expect(log).toEqual(['end'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('clears the timer when the client disconnects, and has no timer if keepAlive is 0', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const exchange = start(sse(events().source))
    expect(vi.getTimerCount()).toBe(1)
    exchange.close(false)
    expect(vi.getTimerCount()).toBe(0)
    start(sse(events().source, { keepAlive: 0 }))
    await tick()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('sends no comments while the client does not read, and resumes when it does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { source, give } = events()
    const exchange = new LoopbackExchange()
    const { log } = exchange
    const outlet = new LoopbackOutlet(log)
    outlet.write = (chunk) => log.push(String(chunk)) < 0
    exchange.outlet = outlet
    handleRequest(() => sse(source, { keepAlive: 1000 }), exchange)
    await tick()
    await vi.advanceTimersByTimeAsync(3000)
    give('a')
    await tick()
    expect(log.splice(0)).toEqual(['head alone', comment, 'stalled'])
    outlet.emit('drain')
    await tick()
    expect(log).toEqual(['goes on', 'data: a\n\n', 'stalled'])
  })

  it('fails if an event cannot be sent', async () => {
    const { log, reported } = await answered(sse(['a', 'b', { id: '\n' }]))
    expect(log).toEqual([expect.stringMatching(/^whole 500 /)])
    expect(reported.map(String)).toEqual([
      'TypeError: sse: id must be one line of text without NUL, got "\\n"',
    ])
  })
})

/** An iterable over the results and a record of the calls to it. */
function steppedSource(
  results: readonly ({ value: string } | Promise<{ value: string }>)[],
  leave = () => ({ done: true, value: undefined }),
) {
  const steps: string[] = []
  const iterator = {
    async next() {
      const at = steps.push('next') - 1
      return at < results.length ? { done: false, ...(await results[at]!) } : { done: true, value: undefined }
    },
    async return() {
      steps.push('return')
      return leave()
    },
  }
  return { steps, source: { [Symbol.asyncIterator]: () => iterator } as AsyncIterable<string> }
}

/** Yields the chunks, starting in a later turn of the event loop. */
async function* late(...chunks: readonly string[]) {
  await tick()
  yield* chunks
}
