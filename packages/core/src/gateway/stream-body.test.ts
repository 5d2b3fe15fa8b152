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
  it('writes a body that is over at once whole', async () => {
    const { log } = await written(bodyOf(stream(['one'])))
    expect(log).toEqual(['whole one'])
  })

  it('writes nothing at all for an empty body, but says so', async () => {
    expect((await written(bodyOf(stream([])))).log).toEqual(['whole '])
  })

  it('lets no head wait for a chunk that is late', async () => {
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

  it('waits while nothing is taken, and says so', async () => {
    const { log, exchange } = await written(bodyOf(stream(['a', 'full', 'b'])))
    expect(log).toEqual(['head', 'a', 'full', 'stalled', 'goes on', 'b', 'end'])
    expect(exchange.bytes).toBe(6)
  })

  it.each([
    ['more', 2, "TypeError: The application's Content-Length is 2, but its body has more bytes"],
    ['fewer', 9, "TypeError: The application's Content-Length is 9, but its body has 6 bytes"],
  ])('fails where there are %s bytes than were declared', async (_, declared, failure) => {
    const { log } = await written(bodyOf(stream(['one', 'two'])), declared)
    expect(log.at(-1)).toBe(`fail ${failure}`)
  })

  it('fails with what the body fails with, after what came before', async () => {
    function* failing() {
      yield 'one'
      yield 'two'
      throw new Error('broken')
    }
    const { log } = await written(bodyOf(stream(failing())))
    expect(log).toEqual(['head', 'one', 'two', 'fail Error: broken'])
  })

  it('fails where a chunk is neither text nor bytes, and lets the iterator go once', async () => {
    const { source, steps } = steppedSource([{ value: 'one' }, { value: 7 as never }])
    const { log } = await written(bodyOf(stream(source)))
    expect(log.at(-1)).toBe('fail TypeError: stream: a chunk must be a string or a Uint8Array, got number')
    await tick()
    expect(steps).toEqual(['next', 'next', 'return'])
  })

  it('lets go of what has more than was declared, once', async () => {
    const { source, steps } = steppedSource([{ value: 'one' }, { value: 'two' }, { value: 'three' }])
    await written(bodyOf(stream(source)), 5)
    await tick()
    expect(steps.filter((step) => step === 'return')).toEqual(['return'])
  })

  it('does not let go of what has ended', async () => {
    const { source, steps } = steppedSource([{ value: 'one' }, { value: 'two' }])
    const { exchange } = await written(bodyOf(stream(source)))
    exchange.close()
    await tick()
    expect(steps).toEqual(['next', 'next', 'next'])
  })

  it('lets go of what is waited for when the client leaves, once, and hears no more of it', async () => {
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

  it('reports an iterator that cannot be let go when the client leaves', async () => {
    const { source } = steppedSource([new Promise(() => {})], () => {
      throw new Error('stuck')
    })
    const exchange = new TestExchange()
    start(exchange, bodyOf(stream(source)), undefined, [], () => {})
    exchange.close()
    await tick()
    expect(exchange.settings.reported.map(String)).toEqual(['Error: stuck'])
  })

  it('asks for nothing more when the client leaves while nothing is taken', async () => {
    const { source, steps } = steppedSource([{ value: 'a' }, { value: 'full' }, { value: 'b' }])
    const exchange = new TestExchange()
    const log: string[] = []
    start(exchange, bodyOf(stream(source)), undefined, log, () => {})
    while (!log.includes('stalled')) await Promise.resolve()
    exchange.close()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(log).toEqual(['head', 'a', 'full', 'stalled'])
    expect(steps).toEqual(['next', 'next', 'return'])
  })
})

describe('streamBody of any stream', () => {
  it('fails where a chunk is no bytes, and cancels what is left', async () => {
    let reason: unknown
    const body = new ReadableStream({
      start: (controller) => controller.enqueue('text'),
      cancel(why) {
        reason = why
      },
    })
    const { log } = await written(body)
    expect(log).toEqual(['fail TypeError: The body of the response holds a string, not bytes'])
    expect(reason).toEqual(new TypeError('The body of the response holds a string, not bytes'))
  })

  it('stops when the client leaves, and tells the source', async () => {
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
  it('writes what is at hand before it returns', () => {
    const log: string[] = []
    start(new TestExchange(), asIterator(stream(['a', 'b', '', 'c'])), undefined, log, () => {})
    expect(log).toEqual(['head', 'a', 'b', 'c', 'end'])
  })

  it('takes promises of any kind from an iterator', async () => {
    let left = 2
    const next = () => {
      const result = left-- > 0 ? { done: false, value: 'x' } : { done: true, value: undefined }
      // biome-ignore lint/suspicious/noThenProperty: such are promises of libraries
      return { then: (resolve: (value: unknown) => void) => resolve(result) }
    }
    const chunks = { [Symbol.asyncIterator]: () => ({ next }) } as never
    const { log } = await written(asIterator(stream(chunks)))
    expect(log).toEqual(['head', 'x', 'x', 'end'])
  })

  it('counts the bytes of text, not its characters', async () => {
    const { exchange, log } = await written(asIterator(stream(['ü', '世\ud800'])), 8)
    expect(log).toEqual(['head', 'ü', '世\ufffd', 'end'])
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

  it('breaks every silence, with one timer, which is gone at the end', async () => {
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

  it('leaves no timer when the client leaves, and has none where none is wanted', async () => {
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

  it('says nothing to a client that takes nothing, and goes on when it does', async () => {
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

  it('fails where an event cannot be sent', async () => {
    const { log } = await written(asIterator(sse(['a', 'b', { id: '\n' }])))
    expect(log.at(-1)).toBe('fail TypeError: sse: id must be one line without NUL')
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
