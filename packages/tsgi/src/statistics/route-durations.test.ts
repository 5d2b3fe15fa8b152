import type { ObservedExchange } from '@tsgi/core/gateway'
import { describe, expect, it } from 'vitest'
import { countsOf, parseMetrics } from '../../test/parse-metrics.ts'
import { NO_COUNTERS } from './metrics.ts'
import { BUCKETS, DurationsByRoute, MAX_SERIES } from './route-durations.ts'
import { prometheus } from './stats-report.ts'

const exchange = (method: string, route: string | undefined, status: number) =>
  ({ method, status, environ: { route } }) as ObservedExchange

/** Returns the number of requests by method, route and class of status. */
function counts(durations: DurationsByRoute): Record<string, number> {
  return countsOf(samples(durations))
}

function samples(durations: DurationsByRoute) {
  const numbers = { uptime: 1, waiting: 0, heartbeatKills: 0, unresponsive: 0, restarts: 0 }
  const report = { version: '1.0.0', pid: 1, ...numbers, total: NO_COUNTERS, workers: [] }
  return parseMetrics(prometheus({ ...report, routes: durations.values() }))
}

describe('DurationsByRoute', () => {
  it('has a histogram for each method, route and class of status', () => {
    const durations = new DurationsByRoute()
    for (const milliseconds of [0.5, 1, 1.5, 20, 20_000]) {
      durations.record(exchange('GET', '/users/:id', 200), milliseconds)
    }
    durations.record(exchange('GET', '/users/:id', 204), 1)
    durations.record(exchange('POST', '/users/:id', 500), 1)
    durations.record(exchange('GET', undefined, 404), 1)
    expect(counts(durations)).toEqual({ 'GET /users/:id 2xx': 6, 'POST /users/:id 5xx': 1, 'GET  4xx': 1 })
    const [first] = durations.values()
    const bySize = new Map(first!.counts.map((count, at) => [BUCKETS[at] ?? 'more', count]))
    expect([bySize.get(0.001), bySize.get(0.0025), bySize.get(0.025), bySize.get('more')]).toEqual([
      3, 1, 1, 1,
    ])
    expect(first!.sum).toBeCloseTo(20.024)
  })

  it('counts a client that left before there was a response as a client error', () => {
    const durations = new DurationsByRoute()
    durations.record(exchange('GET', '/slow', 0), 1)
    expect(counts(durations)).toEqual({ 'GET /slow 4xx': 1 })
  })

  it('has one label for all methods that are unknown or that a route does not have', () => {
    const durations = new DurationsByRoute()
    for (let n = 0; n < 10_000; n++) durations.record(exchange(`METHOD${n}`, undefined, 501), 1)
    for (const method of ['PUT', 'DELETE', 'PATCH', 'A"}\n']) durations.record(exchange(method, '/', 405), 1)
    expect(counts(durations)).toEqual({ '_OTHER  5xx': 10_000, '_OTHER / 4xx': 4 })
  })

  it('has at most 2,000 histograms, and counts other routes together', () => {
    const durations = new DurationsByRoute()
    for (let n = 0; n < 600; n++) {
      for (const status of [101, 200, 302, 404, 500])
        durations.record(exchange('GET', `/route${n}`, status), 1)
      durations.record(exchange(n % 2 ? 'POST' : 'ODD', `/route${n}`, 200), 1)
    }
    durations.record(exchange('GET', '/route0', 200), 1)
    expect(durations.values().length).toBeLessThanOrEqual(MAX_SERIES)
    const all = counts(durations)
    expect(Object.values(all).reduce((sum, count) => sum + count)).toBe(3_601)
    expect(all['GET other 2xx']).toBeGreaterThan(200)
    expect(all['GET /route0 2xx']).toBe(2)
  })

  it('adds the measurements of other processes, each of them once', () => {
    const worker = new DurationsByRoute()
    const total = new DurationsByRoute()
    worker.record(exchange('GET', '/', 200), 1)
    total.add(worker.take())
    total.add(worker.take())
    worker.record(exchange('GET', '/', 200), 20_000)
    total.add(worker.take())
    total.add([{ method: 'GET', route: '/other', status: '5xx', sum: 1, counts: [1] }])
    expect(counts(total)).toEqual({ 'GET / 2xx': 2, 'GET /other 5xx': 1 })
    expect(total.values()[0]!.sum).toBeCloseTo(20.001)
  })

  it('stays within the limit when processes have different routes', () => {
    const total = new DurationsByRoute()
    for (let n = 0; n < 3; n++) {
      const worker = new DurationsByRoute()
      for (let m = 0; m < 1_500; m++) worker.record(exchange('GET', `/${n}/${m}`, 200), 1)
      total.add(worker.take())
    }
    expect(total.values().length).toBeLessThanOrEqual(MAX_SERIES)
    expect(total.values().reduce((sum, { counts }) => sum + counts[0]!, 0)).toBe(4_500)
  })

  it('escapes the patterns of routes in labels', () => {
    const routes = ['/:id(\\d+)', '/"quoted"', '/a\nb', '/\\n', '/café/{:x}', '/x",le="0']
    const durations = new DurationsByRoute()
    for (const route of routes) durations.record(exchange('GET', route, 200), 1)
    const sums = samples(durations).filter(({ name }) => name.endsWith('_sum'))
    expect(sums.map(({ labels }) => labels)).toEqual(
      routes.map((route) => ({ method: 'GET', route, status: '2xx' })),
    )
  })
})
