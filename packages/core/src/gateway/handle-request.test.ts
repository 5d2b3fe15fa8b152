import { describe, expect, it } from 'vitest'
import { answered, LoopbackExchange } from '../../test/loopback.ts'
import { handleRequest, type Observer, planRejection } from '../gateway.ts'
import { empty, HttpError, stream, text, withHeaders } from '../index.ts'

const tick = () => new Promise((resolve) => setImmediate(resolve))

describe('handleRequest', () => {
  it('writes text and its length before it returns', () => {
    const exchange = new LoopbackExchange()
    handleRequest(() => text('Hello'), exchange)
    expect(exchange.log).toEqual(['whole 200 Hello'])
    expect([exchange.state, exchange.status, exchange.bytes]).toEqual(['sending', 200, 5])
    exchange.close(true)
    expect(exchange.state).toBe('sent')
  })

  it('writes no body in response to HEAD, and cancels the one of the response', async () => {
    let reason: unknown = 'not cancelled'
    const body = new ReadableStream({
      cancel(why) {
        reason = why
      },
    })
    const exchange = await answered(new Response(body), { method: 'HEAD' })
    expect(exchange.log).toEqual(['whole 200 null'])
    expect(exchange.bytes).toBe(0)
    expect(reason).toBeUndefined()
  })

  it.each<[string, () => Response | Promise<Response>]>([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'returns a body that was already read',
      async () => {
        const response = text('x')
        await response.text()
        return response
      },
    ],
    [
      'returns a body that is locked',
      () => {
        const response = new Response(new ReadableStream())
        response.body!.getReader()
        return response
      },
    ],
    ['declares a wrong length', () => text('x', { headers: { 'content-length': '7' } })],
    ['returns an error response', () => Response.error()],
    [
      'returns a response without a valid status',
      () => Object.defineProperty(new Response('x'), 'status', { value: Number.NaN }),
    ],
    [
      'returns a response whose body cannot be read',
      () =>
        Object.defineProperty(new Response('x'), 'body', {
          get() {
            throw new Error('broken')
          },
        }),
    ],
    [
      'returns a response whose headers cannot be read',
      () =>
        Object.defineProperty(new Response('x'), 'headers', {
          get() {
            throw new Error('broken')
          },
        }),
    ],
  ])('responds with 500 and reports the error if the application %s', async (_, app) => {
    const exchange = await answered(app)
    expect(exchange.log).toEqual([expect.stringMatching(/^whole 500 /)])
    expect(exchange.reported).toEqual([expect.any(Error)])
  })

  it.each<[string, () => Response | Promise<Response>]>([
    ['returns', () => new Proxy(new Response('x'), {})],
    ['resolves to', async () => new Proxy(new Response('x'), {})],
  ])('sends a response, or reports an error, if the application %s a proxy of a response', async (_, app) => {
    const { log, reported } = await answered(app)
    // The classes of Node 22 have no private members, so a proxy works.
    if (reported.length === 0) expect(log).toEqual(['whole 200 x'])
    else expect([log, reported]).toEqual([[expect.stringMatching(/^whole 500 /)], [expect.any(TypeError)]])
  })

  it('cancels the body of a response that cannot be sent', async () => {
    let isCancelled = false
    const body = new ReadableStream({
      cancel() {
        isCancelled = true
      },
    })
    await answered(new Response(body, { headers: { 'content-length': 'many' } }))
    expect(isCancelled).toBe(true)
  })

  it('reports the error and cuts the response off if even the 500 cannot be written', async () => {
    const exchange = new LoopbackExchange()
    exchange.writeWhole = () => {
      throw new Error('destroyed')
    }
    handleRequest(() => text('x'), exchange)
    await exchange.over
    expect(exchange.log).toEqual(['cut off'])
    expect(exchange.reported).toContainEqual(new Error('destroyed'))
  })

  it('reports a field that only a gateway may set, but only once', async () => {
    const app = () => text('x', { headers: { 'proxy-connection': 'close', te: 'gzip' } })
    const first = await answered(app)
    const second = await answered(app)
    expect(first.reported.map(String)).toEqual([
      expect.stringContaining("The application set 'proxy-connection', which only the gateway may set"),
      expect.stringContaining("The application set 'te'"),
    ])
    expect(second.reported).toEqual([])
    expect(second.plan?.fields).toEqual(['content-type', 'text/plain; charset=utf-8'])
  })

  it('does not end the process if a FormData body is not sent', async () => {
    const rejections: unknown[] = []
    const listen = (error: unknown) => rejections.push(error)
    process.on('unhandledRejection', listen)
    const form = new FormData()
    form.set('file', new File(['x'.repeat(100_000)], 'file.txt'))
    await answered(new Response(form), { method: 'HEAD' })
    const exchange = new LoopbackExchange()
    handleRequest(() => new Response(form), exchange)
    exchange.close(false)
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', listen)
    expect(rejections).toEqual([])
  })

  it('drops the response if the client has disconnected', async () => {
    let isCancelled = false
    const exchange = new LoopbackExchange()
    const { promise, resolve } = Promise.withResolvers<Response>()
    handleRequest(() => promise, exchange)
    exchange.close(false)
    resolve(
      new Response(
        new ReadableStream({
          cancel: () => {
            isCancelled = true
          },
        }),
      ),
    )
    await tick()
    expect([isCancelled, exchange.log, exchange.state]).toEqual([true, [], 'cut'])
    expect(exchange.environ.signal.reason).toMatchObject({ name: 'AbortError' })
  })
})

describe('requestTimeout', () => {
  it('responds with 503, aborts the signal and drops the late response', async () => {
    let isCancelled = false
    const { promise, resolve } = Promise.withResolvers<Response>()
    const exchange = await answered(() => promise, { requestTimeout: 5 })
    expect(exchange.log).toEqual([expect.stringMatching(/^whole 503 /)])
    expect(exchange.environ.signal.reason).toMatchObject({ name: 'TimeoutError' })
    resolve(
      new Response(
        new ReadableStream({
          cancel: () => {
            isCancelled = true
          },
        }),
      ),
    )
    await tick()
    expect(isCancelled).toBe(true)
    expect(exchange.log).toHaveLength(1)
    exchange.close(true)
    expect(await exchange.environ.finished).toMatchObject({ aborted: false })
  })

  it('does not apply to an application that responds in time', async () => {
    const exchange = await answered(async () => text('x'), { requestTimeout: 5 })
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(exchange.log).toEqual(['whole 200 x'])
    expect(exchange.environ.signal.aborted).toBe(false)
  })
})

describe('observers', () => {
  function witness() {
    const seen: unknown[] = []
    const observer: Observer = {
      began: ({ method, target, status }) => seen.push(['began', method, target, status]),
      timedOut: ({ target }) => seen.push(['timed out', target]),
      ended: ({ status }, { bytes, aborted }) => seen.push(['ended', status, bytes, aborted]),
      rejected: ({ method, status, requestId }, { bytes }) =>
        seen.push(['rejected', method, status, typeof requestId, bytes]),
    }
    return { seen, observer }
  }

  it('are called when a request begins and ends', async () => {
    const { seen, observer } = witness()
    const exchange = await answered(text('Hello'), { observers: [observer] })
    expect(seen).toEqual([['began', 'GET', '/', 0]])
    exchange.close(true)
    exchange.close(false)
    expect(seen.slice(1)).toEqual([['ended', 200, 5, false]])
  })

  it('are called on a timeout and when a response is cut off', async () => {
    const { seen, observer } = witness()
    const exchange = await answered(() => new Promise(() => {}), { observers: [observer], requestTimeout: 5 })
    exchange.close(false)
    expect(seen.slice(1)).toEqual([
      ['timed out', '/'],
      ['ended', 503, expect.any(Number), true],
    ])
  })

  it('are called when a client disconnects before the response', () => {
    const { seen, observer } = witness()
    const exchange = new LoopbackExchange({ observers: [observer] })
    handleRequest(() => new Promise(() => {}), exchange)
    exchange.close(false)
    expect(seen.slice(1)).toEqual([['ended', 0, 0, true]])
  })

  it('are called for a request that is rejected before it reaches the application', () => {
    const { seen, observer } = witness()
    const { settings, headers } = new LoopbackExchange({ observers: [{ ...observer, needsRequestId: true }] })
    const request = {
      method: 'POST',
      target: '/',
      protocol: 'HTTP/1.1',
      host: 'a',
      remoteAddress: '',
      headers,
    }
    const plan = planRejection(settings, new HttpError(400), request)
    expect(seen).toEqual([['rejected', 'POST', 400, 'string', plan.length]])
    expect(plan.fields).toContain('x-request-id')
    expect(planRejection(settings, new HttpError(400), { ...request, method: 'HEAD' }).body).toBeNull()
  })

  it.each<[string, () => unknown]>([
    [
      'throw',
      () => {
        throw new Error('observer')
      },
    ],
    ['reject', () => Promise.reject(new Error('observer'))],
  ])('do not fail the request if they %s, but the error is reported', async (_, began) => {
    const exchange = await answered(text('Hello'), { observers: [{ began }] })
    expect(exchange.log).toEqual(['whole 200 Hello'])
    expect(exchange.reported).toEqual([new Error('observer')])
  })

  it('can require request ids, which the application and the client receive', async () => {
    const observers = [{ needsRequestId: true }]
    let seen: string | null = null
    const exchange = await answered(
      ({ headers }) => {
        seen = headers.get('x-request-id')
        return stream(['x'])
      },
      { observers },
    )
    expect(seen).toMatch(/^[\w-]{36}$/)
    expect(exchange.plan?.fields.slice(-2)).toEqual(['x-request-id', seen])

    const given = { observers, headers: { 'x-request-id': 'abc.1' } }
    const forwarded = await answered(empty(404), { ...given, isForwarded: true })
    expect(forwarded.plan?.fields).toEqual(['x-request-id', 'abc.1'])
    expect((await answered(empty(404), given)).plan?.fields).not.toContain('abc.1')
    const own = withHeaders(empty(404), { 'x-request-id': 'own' })
    expect((await answered(own, { observers })).plan?.fields).toEqual(['x-request-id', 'own'])
    const malformed = await answered(empty(404), {
      observers,
      headers: { 'x-request-id': 'a b' },
      isForwarded: true,
    })
    expect(malformed.plan?.fields).not.toContain('a b')
  })

  it.each([[{}], [['x']], [[null]]])('must be a list of objects, not %j', (observers) => {
    expect(() => new LoopbackExchange({ observers: observers as never })).toThrow(
      /^loopback: observers must be a list of observers, got /,
    )
  })
})
