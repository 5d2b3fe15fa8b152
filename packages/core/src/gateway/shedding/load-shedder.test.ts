import { describe, expect, it, vi } from 'vitest'
import { LoopbackExchange } from '../../../test/loopback.ts'
import { handleRequest, LoadShedder, type Observer } from '../../gateway.ts'
import { text } from '../../index.ts'

describe('maxInFlight', () => {
  it('rejects further requests with 503 until one has ended, without calling the application', () => {
    const loadShedder = new LoadShedder({ maxInFlight: 1 })
    let calls = 0
    const app = () => {
      calls++
      return new Promise<Response>(() => {})
    }
    const open = new LoopbackExchange({ loadShedder })
    handleRequest(app, open)
    const rejected = new LoopbackExchange({ loadShedder })
    handleRequest(app, rejected)
    expect(rejected.log).toEqual([
      'whole 503 {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The server is overloaded. Try again later."}',
    ])
    expect(rejected.plan?.fields).toContain('retry-after')
    rejected.close(true)
    open.close(false)
    handleRequest(app, new LoopbackExchange({ loadShedder }))
    expect([calls, loadShedder.inFlight]).toEqual([2, 1])
    expect([...open.reported, ...rejected.reported]).toEqual([])
  })

  it('tells observers of a rejected request once, when its response has ended', () => {
    const seen: unknown[] = []
    const observer: Observer = {
      began: () => seen.push('began'),
      ended: () => seen.push('ended'),
      rejected: ({ status, isShed, target }, { aborted }) => seen.push([status, isShed, target, aborted]),
    }
    const loadShedder = new LoadShedder({ overload: () => 'it is' })
    const exchange = new LoopbackExchange({ loadShedder, observers: [observer] })
    handleRequest(() => text('Hello'), exchange)
    expect(seen).toEqual([])
    exchange.close(true)
    exchange.close(false)
    expect(seen).toEqual([[503, true, '/', false]])
  })
})

describe('a load shedder', () => {
  it('never rejects certain paths', () => {
    const loadShedder = new LoadShedder({ overload: () => 'always', neverShed: ['/health', '/ready'] })
    expect(['/health', '/ready', '/health/', '/'].map((path) => loadShedder.rejects(path))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it('reports at most once a second, with the number of rejected requests', () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const reports: unknown[] = []
    const report = (...args: unknown[]) => reports.push(args)
    const loadShedder = new LoadShedder({ overload: () => 'late', report })
    for (let at = 0; at < 5; at++) loadShedder.rejects('/')
    vi.advanceTimersByTime(999)
    loadShedder.rejects('/')
    vi.advanceTimersByTime(1)
    loadShedder.rejects('/')
    expect(reports).toEqual([
      [1, 'late'],
      [6, 'late'],
    ])
    vi.useRealTimers()
  })

  it.each([
    [
      { maxInFlight: 0 },
      'LoadShedder: maxInFlight must be a whole number of requests from 1 to Infinity, got 0',
    ],
    [{ neverShed: 'health' }, 'LoadShedder: neverShed must be paths that start with /, got "health"'],
    [{ neverShed: [7] }, 'LoadShedder: neverShed must be paths that start with /, got 7'],
    [{ maxInflight: 1 }, "LoadShedder: unknown option 'maxInflight', did you mean 'maxInFlight'?"],
  ])('rejects the options %j', (options, message) => {
    expect(() => new LoadShedder(options as never)).toThrow(new TypeError(message))
  })

  it('must be one if it is given to a gateway', () => {
    expect(() => new LoopbackExchange({ loadShedder: {} as never })).toThrow(
      'loopback: loadShedder must be a LoadShedder, got an instance of Object',
    )
  })
})
