import { context, metrics, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { type Application, HttpError, mount, sse, stack, stream, text } from '@tsgi/core'
import { messageOf } from '@tsgi/core/options'
import { client } from '@tsgi/core/testing'
import { log } from '@tsgi/log'
import { router } from '@tsgi/router'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serve } from '../../server/test/serve.ts'
import { telemetry } from './index.ts'

const spans = new InMemorySpanExporter()
const measurements = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter: measurements, exportIntervalMillis: 3_600_000 })
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
)
const sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() })
trace.setGlobalTracerProvider(
  new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
)
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))

afterEach(() => {
  vi.restoreAllMocks()
  spans.reset()
  measurements.reset()
})

const quiet = { errors: { write() {} } }
const web = stack(telemetry())
const users = router(web, {
  '/users/:id': {
    GET: ({ params }) => text(params.id),
    POST: () => {
      throw new RangeError('broken')
    },
  },
})
const site: Application = mount('/api', users)(users)

async function finishedSpans(count: number) {
  await expect.poll(() => spans.getFinishedSpans().length).toBe(count)
  return spans.getFinishedSpans()
}

/** Returns the points of a metric: their attributes and counts or values. */
async function pointsOf(name: string) {
  await reader.forceFlush()
  const all =
    measurements
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
  return all
    .filter(({ descriptor }) => descriptor.name === name)
    .flatMap(({ dataPoints }) => dataPoints as { attributes: Record<string, unknown>; value: unknown }[])
}

describe('spans', () => {
  it('are named by method and route, with the attributes of the conventions', async () => {
    const response = await client(site).get('/api/users/7?secret=1', { headers: { 'user-agent': 'test' } })
    await response.text()
    const [span] = await finishedSpans(1)
    expect(span!.name).toBe('GET /api/users/:id')
    expect(span!.kind).toBe(SpanKind.SERVER)
    expect(span!.status.code).toBe(SpanStatusCode.UNSET)
    expect(span!.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/api/users/:id',
      'http.response.status_code': 200,
      'http.response.body.size': 1,
      'url.scheme': 'http',
      'url.path': '/api/users/7',
      'server.address': 'localhost',
      'server.port': 80,
      'client.address': '127.0.0.1',
      'network.protocol.version': '1.1',
      'user_agent.original': 'test',
    })
  })

  it('have no path in their name, whatever clients request', async () => {
    const browser = client(web(router({ '/': () => text('') })))
    for (let n = 0; n < 30; n++) await (await browser.get(`/scan/${n}`)).text()
    await (await browser.request('MADEUP', '/none')).text()
    const names = new Set((await finishedSpans(31)).map(({ name }) => name))
    expect([...names].sort()).toEqual(['GET', 'HTTP'])
    expect(spans.getFinishedSpans().at(-1)!.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'MADEUP',
    })
  })

  it('continue the trace of the client', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await (await client(site).get('/users/7', { headers: { traceparent } })).text()
    const [span] = await finishedSpans(1)
    expect(span!.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(span!.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
  })

  it('continue it in requests to other services, with the baggage', async () => {
    const outgoing: Record<string, string> = {}
    const calling = web(async () => {
      await Promise.resolve()
      async function* chunks() {
        propagation.inject(context.active(), outgoing)
        yield propagation.getActiveBaggage()?.getEntry('tenant')?.value ?? ''
      }
      return stream(chunks())
    })
    const headers = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'vendor=1',
      baggage: 'tenant=acme',
    }
    expect(await (await client(calling).get('/', { headers })).text()).toBe('acme')
    const [span] = await finishedSpans(1)
    const { spanId } = span!.spanContext()
    expect(outgoing).toEqual({
      traceparent: `00-0af7651916cd43dd8448eb211c80319c-${spanId}-01`,
      tracestate: 'vendor=1',
      baggage: 'tenant=acme',
    })
  })

  it('are not exported if the client says that the trace is not sampled', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'
    await (await client(site).get('/users/7', { headers: { traceparent } })).text()
    await (await client(site).get('/users/8')).text()
    expect((await finishedSpans(1))[0]!.attributes['url.path']).toBe('/users/8')
  })

  it.each([['junk'], ['00-00000000000000000000000000000000-0000000000000000-01'], ['x'.repeat(10_000)]])(
    'begin a new trace if the traceparent is malformed',
    async (traceparent) => {
      await (await client(site).get('/users/7', { headers: { traceparent } })).text()
      const [span] = await finishedSpans(1)
      expect(span!.parentSpanContext).toBeUndefined()
    },
  )

  it('have the status ERROR and the error of a failure, but not of a client error', async () => {
    const browser = client(site, quiet)
    await (await browser.post('/users/7')).text()
    await (await browser.delete('/users/7')).text()
    const [failed, wrong] = await finishedSpans(2)
    expect(failed!.status.code).toBe(SpanStatusCode.ERROR)
    expect(failed!.attributes).toMatchObject({ 'error.type': 'RangeError', 'http.response.status_code': 500 })
    expect(failed!.events).toEqual([expect.objectContaining({ name: 'exception' })])
    expect(wrong!.status.code).toBe(SpanStatusCode.UNSET)
    expect(wrong!.attributes).toMatchObject({ 'http.response.status_code': 405, 'http.route': '/users/:id' })
  })

  it('are active in the application, in streams and in work after the response', async () => {
    const seen: (string | undefined)[] = []
    const note = () => seen.push(trace.getActiveSpan()?.spanContext().spanId)
    const application = web(async ({ pathInfo, waitUntil }) => {
      await Promise.resolve()
      note()
      waitUntil(Promise.resolve().then(note))
      async function* chunks() {
        note()
        yield 'a'
        await Promise.resolve()
        note()
      }
      return pathInfo === '/sse' ? sse(chunks()) : stream(chunks())
    })
    await (await client(application).get('/')).text()
    await (await client(application).get('/sse')).text()
    const [first, second] = await finishedSpans(2)
    await expect.poll(() => seen.length).toBe(8)
    expect(seen.slice(0, 4)).toEqual(Array(4).fill(first!.spanContext().spanId))
    expect(seen.slice(4)).toEqual(Array(4).fill(second!.spanContext().spanId))
  })

  it('of many requests are kept apart', async () => {
    const seen: [path: string, span: string | undefined][] = []
    const application = web(async ({ pathInfo, waitUntil, finished }) => {
      const note = () => seen.push([pathInfo, trace.getActiveSpan()?.spanContext().spanId])
      for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve))
      note()
      waitUntil(new Promise((resolve) => setImmediate(resolve)).then(note))
      finished.then(note)
      async function* chunks() {
        await new Promise((resolve) => setImmediate(resolve))
        note()
        yield 'a'
      }
      return stream(chunks())
    })
    const browser = client(application)
    await Promise.all(Array.from({ length: 50 }, async (_, n) => (await browser.get(`/${n}`)).text()))
    await expect.poll(() => seen.length).toBe(200)
    const own = new Map(
      (await finishedSpans(50)).map((span) => [span.attributes['url.path'], span.spanContext().spanId]),
    )
    expect(seen.filter(([path, id]) => id === undefined || own.get(path) !== id)).toEqual([])
  })

  it('have the ids of the lines of log()', async () => {
    const lines: object[] = []
    const write = (details: object | string, message?: string) =>
      lines.push({ ...(details as object), message })
    const logger = { debug: write, info: write, warn: write, error: write, child: () => logger }
    const bindings = () => {
      const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? {}
      return { trace_id: traceId, span_id: spanId }
    }
    await (await client(stack(telemetry(), log(logger, { bindings }))(() => text(''))).get('/')).text()
    const [span] = await finishedSpans(1)
    const { traceId, spanId } = span!.spanContext()
    await expect
      .poll(() => lines)
      .toMatchObject([{ trace_id: traceId, span_id: spanId, message: 'GET / 200' }])
  })

  it('of an instrumented server are named instead of doubled', async () => {
    const tracer = trace.getTracer('instrumentation')
    await tracer.startActiveSpan('GET', { kind: SpanKind.SERVER }, async (outer) => {
      await (await client(site).get('/users/7')).text()
      outer.end()
    })
    const [span] = await finishedSpans(1)
    expect(span!.name).toBe('GET /users/:id')
    expect(span!.attributes).toMatchObject({ 'http.route': '/users/:id' })
  })

  it('of a client that makes the request are parents', async () => {
    const tracer = trace.getTracer('caller')
    await tracer.startActiveSpan('call', { kind: SpanKind.CLIENT }, async (outer) => {
      await (await client(site).get('/users/7')).text()
      outer.end()
    })
    const [span] = await finishedSpans(2)
    expect(span!.name).toBe('GET /users/:id')
  })

  it('have the query and header fields only if told to', async () => {
    const told = telemetry({ query: true, requestHeaders: ['X-Tenant'], responseHeaders: ['content-type'] })
    const browser = client(told(() => text('')))
    await (await browser.get('/?a=1', { headers: { 'x-tenant': 'acme', authorization: 'secret' } })).text()
    const [span] = await finishedSpans(1)
    expect(span!.attributes).toMatchObject({
      'url.query': 'a=1',
      'http.request.header.x-tenant': ['acme'],
      'http.response.header.content-type': ['text/plain; charset=utf-8'],
    })
    expect(JSON.stringify(span!.attributes)).not.toContain('secret')
  })

  it('end when the client leaves or the application takes too long', async () => {
    const never = web(() => new Promise<Response>(() => {}))
    const server = await serve(never, { listen: 'http://127.0.0.1:0', requestTimeout: 100, ...quiet })
    expect((await fetch(server.addresses[0]!)).status).toBe(503)
    const [late] = await finishedSpans(1)
    expect(late!.attributes).toMatchObject({ 'error.type': 'timeout', 'http.response.status_code': 503 })
    await server.close()

    spans.reset()
    const patient = await serve(never, { listen: 'http://127.0.0.1:0' })
    const leave = new AbortController()
    const request = fetch(patient.addresses[0]!, { signal: leave.signal }).catch(() => {})
    setTimeout(() => leave.abort(), 50)
    await request
    const [left] = await finishedSpans(1)
    expect(left!.status.code).toBe(SpanStatusCode.UNSET)
    await patient.close()
  })

  it('have status 101 if the application accepts a WebSocket, whose whole time is measured apart', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const open = () => ({ closed, stopping() {}, close() {} })
    const sockets = router(web, { '/socket': ({ upgrade }) => upgrade!.accept(open) })
    await client(sockets).websocket('/socket')
    const [span] = await finishedSpans(1)
    expect(span!.attributes).toMatchObject({ 'http.response.status_code': 101, 'http.route': '/socket' })
    const points = await pointsOf('http.server.request.duration')
    const found = points.filter(({ attributes }) => attributes['http.route'] === '/socket')
    expect(found.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([101])
    const whole = async () =>
      (await pointsOf('tsgi.stream.duration')).filter(
        ({ attributes }) => attributes['http.route'] === '/socket',
      )
    expect(await whole()).toEqual([])
    resolve()
    await expect.poll(whole).toHaveLength(1)
  })

  it('are not made for ignored requests', async () => {
    const browser = client(telemetry({ ignore: ({ pathInfo }) => pathInfo === '/health' })(() => text('')))
    await (await browser.get('/health')).text()
    await (await browser.get('/')).text()
    expect((await finishedSpans(1))[0]!.attributes['url.path']).toBe('/')
  })
})

describe('metrics', () => {
  it('measure durations by route, and count the requests that are active', async () => {
    const browser = client(site, quiet)
    for (let n = 0; n < 3; n++) await (await browser.get(`/users/${n}`)).text()
    await (await browser.post('/users/7')).text()
    await finishedSpans(4)
    const points = await pointsOf('http.server.request.duration')
    const found = points.filter(({ attributes }) => attributes['http.route'] === '/users/:id')
    expect(
      found.map(({ attributes }) => [
        attributes['http.request.method'],
        attributes['http.response.status_code'],
        attributes['error.type'],
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['GET', 200, undefined],
        ['POST', 500, 'RangeError'],
      ]),
    )
    const { buckets } = found[0]!.value as { buckets: { boundaries: number[] } }
    expect(buckets.boundaries).toContain(0.025)
    const active = await pointsOf('http.server.active_requests')
    expect(active.map(({ value }) => value)).toEqual(active.map(() => 0))
  })

  it('do not grow with the paths and methods that clients make up', async () => {
    const browser = client(web(router({ '/': () => text('') })))
    const scan = async (path: string, method: string) => (await browser.request(method, path)).text()
    await scan('/scan', 'GET')
    await scan('/scan', 'MADEUP')
    const before = (await pointsOf('http.server.request.duration')).length
    for (let n = 0; n < 200; n++) await Promise.all([scan(`/scan/${n}`, 'GET'), scan('/scan', `MADEUP${n}`)])
    await finishedSpans(402)
    expect((await pointsOf('http.server.request.duration')).length).toBe(before)
  })

  it('measure a stream until it begins, and its whole time apart', async () => {
    const slow = () =>
      stream(
        (async function* () {
          yield 'a'
          await new Promise((resolve) => setTimeout(resolve, 600))
        })(),
      )
    await (await client(web(router({ '/slow': slow }))).get('/slow')).text()
    await finishedSpans(1)
    const sumOf = (points: Awaited<ReturnType<typeof pointsOf>>) =>
      points
        .filter(({ attributes }) => attributes['http.route'] === '/slow')
        .map(({ value }) => (value as { sum: number }).sum)
    expect(Math.min(...sumOf(await pointsOf('tsgi.stream.duration')))).toBeGreaterThan(0.59)
    expect(Math.max(...sumOf(await pointsOf('http.server.request.duration')))).toBeLessThan(0.59)
  })
})

describe('options', () => {
  it.each([
    [{ requestHeaders: 'x-tenant' }, 'requestHeaders must be a list of header names, got "x-tenant"'],
    [{ responseHeaders: ['a b'] }, 'responseHeaders must be a list of header names, got an array'],
    [{ query: 1 }, 'query must be true or false, got 1'],
    [{ ignore: '/health' }, 'ignore must be a function, got "/health"'],
    [{ headers: [] }, "unknown option 'headers'"],
  ])('%j are rejected', (options, message) => {
    expect(() => telemetry(options as never)).toThrow(TypeError)
    expect(() => telemetry(options as never)).toThrow(`telemetry: ${message}`)
  })
})

describe('requests do not fail', () => {
  /** Serves requests over HTTP and returns what is reported. */
  async function reportsOf(application: Application, path = '/users/7') {
    const rejected = vi.fn()
    process.on('unhandledRejection', rejected)
    const reported: unknown[] = []
    const errors = { write: (problem: unknown) => void reported.push(problem) }
    const server = await serve(application, { listen: 'http://127.0.0.1:0', errors })
    const { status } = await fetch(`${server.addresses[0]}${path}`)
    await server.close()
    process.off('unhandledRejection', rejected)
    expect(rejected).not.toHaveBeenCalled()
    return { status, reported: reported.map(messageOf) }
  }

  function fail(): never {
    throw new Error('broken')
  }

  it('because of a sampler, a propagator or a span processor that throws', async () => {
    vi.spyOn(sampler, 'shouldSample').mockImplementation(fail)
    expect(await reportsOf(site)).toEqual({ status: 200, reported: ['broken'] })
    vi.restoreAllMocks()
    vi.spyOn(W3CBaggagePropagator.prototype, 'extract').mockImplementation(fail)
    expect((await reportsOf(site)).status).toBe(200)
    vi.restoreAllMocks()
    vi.spyOn(SimpleSpanProcessor.prototype, 'onEnd').mockImplementation(fail)
    expect(await reportsOf(site)).toEqual({ status: 200, reported: ['broken'] })
  })

  it.each<[string, () => unknown, string[]]>([
    ['throws', fail, ['broken']],
    ['rejects', () => Promise.reject(new Error('broken')), []],
    ['returns null', () => null, []],
  ])('because ignore %s', async (_, ignore, reported) => {
    const application = telemetry({ ignore: ignore as () => boolean })(() => text(''))
    expect(await reportsOf(application)).toEqual({ status: 200, reported })
    await finishedSpans(1)
  })

  it.each<[string, () => unknown, string]>([
    ['has no name', () => Object.defineProperty(new Error(''), 'name', { get: fail }), '500'],
    [
      'is a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      },
      '500',
    ],
    ['is nothing', () => undefined, 'TypeError'],
  ])('to end their span if what the application throws %s', async (_, make, type) => {
    const application = web(() => {
      throw make()
    })
    expect((await reportsOf(application)).status).toBe(500)
    const [span] = await finishedSpans(1)
    expect(span!.status.code).toBe(SpanStatusCode.ERROR)
    expect(span!.attributes['error.type']).toBe(type)
  })
})

it('does not change what errors the application throws', async () => {
  const missing = web(() => {
    throw new HttpError(404)
  })
  expect((await client(missing).get('/')).status).toBe(404)
})
