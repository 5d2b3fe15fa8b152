import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { BaseExchange, createEnviron, streamBody } from './gateway.ts'
import { stream } from './stream.ts'

describe('streamBody', () => {
  it('writes a body that is over at once whole', async () => {
    const { log } = await written(stream(['one']))
    expect(log).toEqual(['whole one'])
  })

  it('writes nothing at all for an empty body, but says so', async () => {
    expect((await written(stream([]))).log).toEqual(['whole '])
  })

  it('lets no head wait for a chunk that is late', async () => {
    const { log } = await written(
      stream(
        (async function* () {
          await new Promise((resolve) => setTimeout(resolve, 5))
          yield 'late'
        })(),
      ),
    )
    expect(log).toEqual(['head alone', 'late', 'end'])
  })

  it('waits while nothing is taken, and says so', async () => {
    const { log, exchange } = await written(stream(['a', 'full', 'b']))
    expect(log).toEqual(['head', 'a', 'full', 'stalled', 'goes on', 'b', 'end'])
    expect(exchange.bytes).toBe(6)
  })

  it.each([
    ['more', 2, "TypeError: The application's Content-Length is 2, but its body has more bytes"],
    ['fewer', 9, "TypeError: The application's Content-Length is 9, but its body has 6 bytes"],
  ])('fails where there are %s bytes than were declared', async (_, declared, failure) => {
    const { log } = await written(stream(['one', 'two']), declared)
    expect(log.at(-1)).toBe(`fail ${failure}`)
  })

  it('fails where a chunk is no bytes, and cancels what is left', async () => {
    let reason: unknown
    const body = new ReadableStream({
      start: (controller) => controller.enqueue('text'),
      cancel(why) {
        reason = why
      },
    })
    const { log } = await written(new Response(body))
    expect(log).toEqual(['fail TypeError: The body of the response holds a string, not bytes'])
    expect(reason).toEqual(new TypeError('The body of the response holds a string, not bytes'))
  })

  it('stops when the client leaves, and tells the source', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const response = new Response(new ReadableStream({ cancel: resolve }))
    const exchange = new TestExchange()
    const log: string[] = []
    start(exchange, response, undefined, log, () => {})
    exchange.close()
    expect(await promise).toMatchObject({ name: 'AbortError' })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(log).toEqual([])
  })
})

class TestExchange extends BaseExchange {
  readonly scheme = 'http'
  readonly host = 'localhost'
  readonly protocol = 'HTTP/1.1'
  readonly remoteAddress = ''
  readonly gateway = { name: 'test', version: '1', multiprocess: false, native: null }
  readonly settings = { errors: { write() {} }, tasks: new Set<Promise<unknown>>() }
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
  response: Response,
  declared: number | undefined,
  log: string[],
  over: () => void,
): void {
  streamBody(exchange, {
    body: response.body!,
    declared,
    outlet: new Outlet(log),
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

async function written(response: Response, declared?: number) {
  const exchange = new TestExchange()
  const log: string[] = []
  await new Promise<void>((resolve) => start(exchange, response, declared, log, resolve))
  return { exchange, log }
}
