import { EventEmitter } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { BaseExchange, createEnviron, type StreamedBody, streamBody, streamedParts } from '../gateway.ts'
import { sse } from '../response/sse.ts'
import { stream } from '../response/stream.ts'
import { testEnviron } from '../testing.ts'

const tick = () => new Promise((resolve) => setImmediate(resolve))

/** What a gateway may be given of a response. */
type Body = StreamedBody['body']
const asStream = (response: Response): Body => response.body!
const asIterator = (response: Response): Body => streamedParts(response)!.body

describe.each([
  ['a stream', asStream],
  ['an iterator', asIterator],
])('streamBody of %s', (_, bodyOf) => {
  it('writes a body that ends in the first turn whole', async () => {
    const { log, exchange } = await written(bodyOf(stream(['one', '', 'two'])))
    expect(log).toEqual(['whole onetwo'])
    expect(exchange.bytes).toBe(0)
  })

  it('holds no more than 16 KiB back, unless it is one chunk', async () => {
    const large = 'x'.repeat(20_000)
    expect((await written(bodyOf(stream([large])))).log).toEqual([`whole ${large}`])
    expect((await written(bodyOf(stream(['a', large, 'b'])))).log).toEqual(['head', 'a', large, 'b', 'end'])
  })

  it('writes an empty body whole', async () => {
    expect((await written(bodyOf(stream([])))).log).toEqual(['whole '])
  })

  it('does not hold the head back for a chunk that is late', async () => {
    const { log } = await written(
      bodyOf(
        stream(
          (async function* () {
            await new Promise((resolve) => setTimeout(resolve, 5))
            yield 'late'
          })(),
        ),
      ),
    )
    expect(log).toEqual(['head alone', 'late', 'end'])
  })

  it('waits while the client does not read, and says so', async () => {
    const { log, exchange } = await written(bodyOf(stream(late('a', 'full', 'b'))))
    expect(log).toEqual(['head alone', 'a', 'full', 'stalled', 'goes on', 'b', 'end'])
    expect(exchange.bytes).toBe(6)
  })

  it.each([
    ['more', 2, "TypeError: The application's Content-Length is 2, but its body has more bytes"],
    ['fewer', 9, "TypeError: The application's Content-Length is 9, but its body has 6 bytes"],
  ])('fails if there are %s bytes than declared', async (_, declared, failure) => {
    const { log } = await written(bodyOf(stream(late('one', 'two'))), declared)
    expect(log.at(-1)).toBe(`fail ${failure}`)
  })

  it('fails before anything was written if the body fails in the first turn', async () => {
    function* failing() {
      yield 'one'
      yield 'two'
      throw new Error('broken')
    }
    const { log } = await written(bodyOf(stream(failing())))
    expect(log).toEqual(['fail Error: broken'])
  })

  it('fails after what came before if the body fails later', async () => {
    async function* failing() {
      yield* late('one', 'two')
      throw new Error('broken')
    }
    const { log } = await written(bodyOf(stream(failing())))
    expect(log).toEqual(['head alone', 'one', 'two', 'fail Error: broken'])
  })

  it('fails if a chunk is neither text nor bytes, and ends the iterator once', async () => {
    const { source, steps } = steppedSource([{ value: 'one' }, { value: 7 as never }])
    const { log } = await written(bodyOf(stream(source)))
    expect(log.at(-1)).toBe('fail TypeError: stream: a chunk must be a string or a Uint8Array, got 7')
    await tick()
    expect(steps).toEqual(['next', 'next', 'return'])
  })

  it('ends an iterator that has more bytes than declared, once', async () => {
    const { source, steps } = steppedSource([
      { value: 'one' },
      tick().then(async () => {
        await tick()
        return { value: 'two' }
      }),
      { value: 'three' },
    ])
    await written(bodyOf(stream(source)), 5)
    await tick()
    expect(steps.filter((step) => step === 'return')).toEqual(['return'])
  })

  it('does not end an iterator that has ended', async () => {
    const { source, steps } = steppedSource([{ value: 'one' }, { value: 'two' }])
    const { exchange } = await written(bodyOf(stream(source)))
    exchange.close()
    await tick()
    expect(steps).toEqual(['next', 'next', 'next'])
  })

  it('ends the iterator once when the client leaves, and ignores what it does later', async () => {
    const { promise: waiting, reject } = Promise.withResolvers<{ value: string }>()
    const { source, steps } = steppedSource([{ value: 'one' }, { value: 'two' }, waiting])
    const exchange = new TestExchange()
    const log: string[] = []
    start(exchange, bodyOf(stream(source)), undefined, log, () => {})
    await tick()
    await tick()
    exchange.close()
    exchange.close()
    await tick()
    reject(new Error('nobody is left to hear it'))
    await tick()
    expect(log).toEqual(['head', 'one', 'two'])
    expect(steps).toEqual(['next', 'next', 'next', 'return'])
    expect(exchange.settings.reported).toEqual([])
  })

  it('reports an iterator whose return() fails when the client leaves', async () => {
    const { source } = steppedSource([new Promise(() => {})], () => {
      throw new Error('stuck')
    })
    const exchange = new TestExchange()
    start(exchange, bodyOf(stream(source)), undefined, [], () => {})
    exchange.close()
    await tick()
    expect(exchange.settings.reported.map(String)).toEqual(['Error: stuck'])
  })

  it('reads nothing more when the client leaves while it does not read', async () => {
    const { source, steps } = steppedSource([
      tick().then(async () => {
        await tick()
        return { value: 'a' }
      }),
      { value: 'full' },
      { value: 'b' },
    ])
    const exchange = new TestExchange()
    const log: string[] = []
    const outlet = new Outlet(log)
    outlet.emit = () => false
    start(exchange, bodyOf(stream(source)), undefined, log, () => {}, outlet)
    while (!log.includes('stalled')) await tick()
    exchange.close()
    await tick()
    expect(log).toEqual(['head alone', 'a', 'full', 'stalled'])
    expect(steps).toEqual(['next', 'next', 'return'])
  })
})

describe('streamBody of any stream', () => {
  it('fails if a chunk is not bytes, and cancels the stream', async () => {
    let reason: unknown
    const body = new ReadableStream({
      start: (controller) => controller.enqueue('text'),
      cancel(why) {
        reason = why
      },
    })
    const { log } = await written(body)
    expect(log).toEqual(['fail TypeError: A chunk of the body must be a Uint8Array, got "text"'])
    expect(reason).toEqual(new TypeError('A chunk of the body must be a Uint8Array, got "text"'))
  })

  it('cancels the stream when the client leaves', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const exchange = new TestExchange()
    const log: string[] = []
    start(exchange, new ReadableStream({ cancel: resolve }), undefined, log, () => {})
    exchange.close()
    expect(await promise).toMatchObject({ name: 'AbortError' })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(log).toEqual([])
  })
})

describe('streamBody of an iterator', () => {
  it('writes a body that needs no waiting before it returns', () => {
    const log: string[] = []
    start(new TestExchange(), asIterator(stream(['a', 'b', '', 'c'])), undefined, log, () => {})
    expect(log).toEqual(['whole abc'])
  })

  it('accepts any kind of promise from an iterator', async () => {
    let left = 2
    const next = () => {
      const result = left-- > 0 ? { done: false, value: 'x' } : { done: true, value: undefined }
      // biome-ignore lint/suspicious/noThenProperty: such are promises of libraries
      return { then: (resolve: (value: unknown) => void) => resolve(result) }
    }
    const chunks = { [Symbol.asyncIterator]: () => ({ next }) } as never
    const { log } = await written(asIterator(stream(chunks)))
    expect(log).toEqual(['whole xx'])
  })

  it('counts the bytes of text, not its characters', async () => {
    const { exchange, log } = await written(asIterator(stream(late('ü', '世\ud800'))), 8)
    expect(log).toEqual(['head alone', 'ü', '世\ufffd', 'end'])
    expect(exchange.bytes).toBe(8)
  })
})

describe('streamBody of server-sent events', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A source that gives an event when it is told to. */
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

  it('sends a comment after each silence, with one timer, which is cleared at the end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { source, give, end } = events()
    const log: string[] = []
    start(new TestExchange(), asIterator(sse(source, { keepAlive: 1000 })), undefined, log, () => {})
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

  it('clears the timer when the client leaves, and has none if keepAlive is 0', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const exchange = new TestExchange()
    start(exchange, asIterator(sse(events().source)), undefined, [], () => {})
    expect(vi.getTimerCount()).toBe(1)
    exchange.close()
    expect(vi.getTimerCount()).toBe(0)
    start(new TestExchange(), asIterator(sse(events().source, { keepAlive: 0 })), undefined, [], () => {})
    await tick()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('sends no comments to a client that does not read, and goes on when it does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { source, give } = events()
    const log: string[] = []
    const outlet = new EventEmitter() as Outlet
    outlet.write = (chunk) => log.push(new TextDecoder().decode(chunk)) < 0
    const body = asIterator(sse(source, { keepAlive: 1000 }))
    start(new TestExchange(), body, undefined, log, () => {}, outlet)
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
    const { log } = await written(asIterator(sse(['a', 'b', { id: '\n' }])))
    expect(log.at(-1)).toBe('fail TypeError: sse: id must be one line of text without NUL, got "\\n"')
  })
})

/** An iterable that gives these in turn, and what was asked of it. */
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

class TestSettings {
  readonly reported: unknown[] = []
  readonly errors = { write: (error: unknown) => void this.reported.push(error) }
  readonly tasks = new Set<Promise<unknown>>()
  readonly stopping = new AbortController()
}

class TestExchange extends BaseExchange {
  readonly scheme = 'http'
  readonly host = 'localhost'
  readonly protocol = 'HTTP/1.1'
  readonly remoteAddress = ''
  readonly settings = new TestSettings()
  readonly gateway = testEnviron('/').gateway
  readonly environ = createEnviron(this, { method: 'GET', pathInfo: '/', queryString: '' })
  protected readonly wasSent = false
  protected makeHeaders(): Headers {
    return new Headers()
  }
  protected openBody(): null {
    return null
  }
}

/** Takes everything, but after `full` nothing for a moment. */
class Outlet extends EventEmitter {
  readonly #log: string[]
  constructor(log: string[]) {
    super()
    this.#log = log
  }
  write(chunk: Uint8Array): boolean {
    const text = new TextDecoder().decode(chunk)
    this.#log.push(text)
    if (text !== 'full') return true
    setTimeout(() => this.emit('drain'), 1)
    return false
  }
}

function start(
  exchange: TestExchange,
  body: Body,
  declared: number | undefined,
  log: string[],
  over: () => void,
  outlet = new Outlet(log),
): void {
  streamBody(exchange, {
    body,
    declared,
    outlet,
    begin: (isAlone) => log.push(isAlone ? 'head alone' : 'head'),
    whole(body) {
      log.push(`whole ${new TextDecoder().decode(body)}`)
      over()
    },
    stalled: (isStalled) => log.push(isStalled ? 'stalled' : 'goes on'),
    end() {
      log.push('end')
      over()
    },
    fail(error) {
      log.push(`fail ${error}`)
      over()
    },
  })
}

async function written(body: Body, declared?: number) {
  const exchange = new TestExchange()
  const log: string[] = []
  await new Promise<void>((resolve) => start(exchange, body, declared, log, resolve))
  return { exchange, log }
}

/** The chunks, the first of them in a later turn of the event loop. */
async function* late(...chunks: readonly string[]) {
  await tick()
  yield* chunks
}
