import { afterEach, describe, expect, it, vi } from 'vitest'
import { answered, LoopbackExchange } from '../../../test/loopback.ts'
import { handleRequest, stoppingError } from '../../gateway.ts'
import { type Environ, mapBody, type SseInit, sse, stream, withHeaders } from '../../index.ts'

const tick = () => new Promise((resolve) => setImmediate(resolve))

/** Sends the response of an application, and lets the gateway stop. */
async function stopDuring(app: (environ: Environ) => Response) {
  const exchange = new LoopbackExchange()
  handleRequest(app, exchange)
  await tick()
  exchange.settings.stopping.abort(stoppingError())
  await tick()
  return exchange
}

/** Events that come when `signal` aborts, or never. Records its steps. */
async function* silence(seen: string[], signal?: AbortSignal) {
  try {
    yield 'first'
    seen.push('waiting')
    await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  } finally {
    seen.push('finally')
  }
}

async function* bytes() {
  yield 'a'
  await tick()
  await tick()
  yield 'b'
}

afterEach(() => {
  vi.useRealTimers()
})

describe('an event stream when the gateway starts to stop', () => {
  it.each<[string, (response: Response) => Response]>([
    ['unchanged', (response) => response],
    ['with other headers', (response) => withHeaders(response, { 'x-a': '1' })],
    ['in a new Response', (response) => new Response(response.body, response)],
    ['through mapBody', (response) => mapBody(response, (body) => body.pipeThrough(new TransformStream()))],
  ])('ends cleanly after the current event: %s', async (_, wrap) => {
    const seen: string[] = []
    const exchange = await stopDuring(({ signal }) => wrap(sse(silence(seen, signal))))
    await exchange.over
    expect(exchange.log).toEqual(['head', 'data: first\n\n', 'end'])
    expect(exchange.reported).toEqual([])
    await vi.waitFor(() => expect(seen).toEqual(['waiting', 'finally']))
  })

  it('does not end if stop is wait, and leaves the end to the generator', async () => {
    const seen: string[] = []
    const exchange = await stopDuring(({ gateway }) =>
      sse(silence(seen, gateway.stopping), { stop: 'wait', keepAlive: 0 }),
    )
    // The generator itself fails because of the signal.
    expect(seen).toEqual(['waiting', 'finally'])
    expect(exchange.reported).toEqual([exchange.settings.stopping.signal.reason])
  })

  it('ends without an event if it begins after that', async () => {
    const exchange = new LoopbackExchange()
    exchange.settings.stopping.abort()
    handleRequest(() => sse(silence([])), exchange)
    await exchange.over
    expect(exchange.log).toEqual(['whole 200 '])
  })

  it('aborts the signal of the request, but is not cut off', async () => {
    const exchange = await stopDuring(({ signal }) => sse(silence([], signal)))
    exchange.close(true)
    expect(exchange.environ.signal.reason).toMatchObject({
      name: 'AbortError',
      message: 'The gateway is stopping',
    })
    expect(await exchange.finished).toMatchObject({ aborted: false })
  })

  it('waits for the finally of the generator, for at most 2 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { settings } = await stopDuring(() => sse(silence([]), { keepAlive: 0 }))
    expect(settings.tasks.size).toBe(1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(settings.tasks.size).toBe(0)
  })

  it('reports a generator whose finally fails', async () => {
    const iterator = {
      next: () => new Promise<never>(() => {}),
      return: () => Promise.reject(new Error('broken')),
    }
    const { reported } = await stopDuring(() => sse({ [Symbol.asyncIterator]: () => iterator }))
    expect(reported).toMatchObject([{ message: 'broken' }])
  })

  it('is forgotten when it has ended', async () => {
    const { settings } = await answered(sse(['a']))
    expect(settings.streams.size).toBe(0)
  })
})

it('lets other streams go on when the gateway starts to stop', async () => {
  const exchange = await stopDuring(() => stream(bytes()))
  await exchange.over
  expect(exchange.log).toEqual(['head', 'a', 'b', 'end'])
})

it('rejects a value of stop that it does not know', () => {
  expect(() => sse([], { stop: 'now' as SseInit['stop'] & string })).toThrow(
    new TypeError(`sse: stop must be 'end' or 'wait', got "now"`),
  )
})
