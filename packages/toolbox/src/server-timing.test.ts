import { type Middleware, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type ServerTimingOptions, serverTiming, type Timing } from './index.ts'

async function header(use: (timing: Timing) => unknown, options?: ServerTimingOptions) {
  const app = serverTiming(options)(async ({ timing }) => {
    await use(timing)
    return text('')
  })
  const value = (await client(app, { errors: { write() {} } }).get('/')).headers.get('server-timing')
  return value?.replace(/total;dur=[\d.]+$/, 'total') ?? null
}

describe('serverTiming', () => {
  it('sends what was added, in order, and the total', async () => {
    const use = (timing: Timing) => {
      timing.add('cache', undefined, 'hit')
      timing.add('db', 53.256, 'two queries')
      timing.add('miss')
    }
    expect(await header(use)).toBe('cache;desc="hit", db;desc="two queries";dur=53.26, miss, total')
  })

  it('adds up the durations of the same name', async () => {
    const use = (timing: Timing) => {
      for (const duration of [1, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) timing.add('db', duration)
    }
    expect(await header(use)).toBe('db;dur=3.5, total')
  })

  it('measures functions, and returns what they return', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const seen: unknown[] = []
    const use = async (timing: Timing) => {
      seen.push(timing.measure('sync', () => 1))
      const waiting = timing.measure('async', () => promise)
      resolve(2)
      seen.push(await waiting)
      expect(() => timing.measure('thrown', () => JSON.parse('{'))).toThrow(SyntaxError)
      await expect(timing.measure('rejected', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    }
    expect((await header(use))?.replace(/;dur=[\d.]+/g, '')).toBe('sync, async, thrown, rejected, total')
    expect(seen).toEqual([1, 2])
  })

  it('replaces characters that would make browsers ignore the header', async () => {
    const use = (timing: Timing) => {
      timing.add('GET /users/:id', 1)
      timing.add('ssr:route', 1)
      timing.add('', 1)
      timing.add('db', 1, 'Tiempo de ejecución "a\\b"\r\nx: y')
    }
    expect(await header(use)).toBe(
      String.raw`GET-users-id;dur=1, ssr-route;dur=1, -;dur=1, db;desc="Tiempo de ejecuci?n \"a\\b\"??x: y";dur=1, total`,
    )
  })

  it('sends at most 50 metrics and the total', async () => {
    const use = (timing: Timing) => {
      for (let n = 0; n < 1000; n++) timing.add(`query-${n}`, 1)
    }
    expect((await header(use))?.split(', ')).toHaveLength(51)
  })

  it('sends nothing unless the condition holds', async () => {
    expect(await header(() => {}, { when: () => false })).toBeNull()
    expect(await header(() => {}, { when: ({ method }) => method === 'GET' })).toBe('total')
  })

  it('keeps the metrics of an upstream, and is there on errors', async () => {
    const upstream = () => text('', { headers: { 'server-timing': 'origin;dur=5' } })
    const kept = (await client(serverTiming()(upstream)).get('/')).headers.get('server-timing')
    expect(kept).toMatch(/^origin;dur=5, total;dur=[\d.]+$/)
    const broken = serverTiming()(({ timing }) => {
      timing.add('db', 1)
      throw new Error('broken')
    })
    const response = await client(broken, { errors: { write() {} } }).get('/')
    expect([response.status, response.headers.get('server-timing')]).toEqual([
      500,
      expect.stringMatching(/^db;dur=1, total;dur=/),
    ])
  })

  it('is synchronous if the application is, and provides the timing', () => {
    expect(serverTiming()(() => text(''))(testEnviron('/'))).toBeInstanceOf(Response)
    expectTypeOf(serverTiming()).toEqualTypeOf<Middleware<{ timing: Timing }>>()
  })

  it('checks its options when it is created', () => {
    expect(() => serverTiming({ when: true as never })).toThrow(
      new TypeError('serverTiming: when must be a function, got true'),
    )
    expect(() => serverTiming({ enabled: true } as never)).toThrow("unknown option 'enabled'")
  })
})
