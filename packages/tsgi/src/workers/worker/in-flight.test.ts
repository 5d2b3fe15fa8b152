import type { ObservedExchange } from '@tsgi/core/gateway'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beats, InFlight, requestsIn } from './in-flight.ts'

function exchange(method: string, pathInfo: string): ObservedExchange {
  return { environ: { method, pathInfo } } as ObservedExchange
}

describe('the requests in flight', () => {
  it('can be read from the shared memory, latest first, until they end', () => {
    const inFlight = new InFlight()
    const [one, two] = [exchange('GET', '/one'), exchange('POST', '/two')]
    inFlight.began(one)
    inFlight.began(two)
    expect(requestsIn(inFlight.memory)).toEqual(['POST /two', 'GET /one'])
    inFlight.ended(one)
    expect(requestsIn(inFlight.memory)).toEqual(['POST /two'])
    inFlight.ended(two)
    expect(requestsIn(inFlight.memory)).toEqual([])
  })

  it('are limited to the last 64, each truncated to its slot', () => {
    const step = fc.record({ begin: fc.boolean(), path: fc.string({ maxLength: 300 }), which: fc.nat() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const inFlight = new InFlight()
        const begun: { exchange: ObservedExchange; ended: boolean }[] = []
        for (const { begin, path, which } of steps) {
          const open = begun.filter(({ ended }) => !ended)
          if (begin || open.length === 0) {
            const one = exchange('GET', `/${path}`)
            begun.push({ exchange: one, ended: false })
            inFlight.began(one)
          } else {
            const one = open[which % open.length]!
            one.ended = true
            inFlight.ended(one.exchange)
          }
        }
        const expected = begun
          .slice(-64)
          .filter(({ ended }) => !ended)
          .map(({ exchange: { environ } }) => {
            const text = `${environ.method} ${environ.pathInfo}`.slice(0, 254)
            return Buffer.from(text, 'latin1').toString('latin1')
          })
        expect(requestsIn(inFlight.memory)).toEqual(expected.reverse())
      }),
    )
  })

  it('come with the heartbeats of the event loop', () => {
    const inFlight = new InFlight()
    inFlight.beat()
    inFlight.beat()
    expect(beats(inFlight.memory)).toBe(2)
  })
})
