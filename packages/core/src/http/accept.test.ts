import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { preferredMediaType } from '../index.ts'

const offers = ['application/json', 'text/html', 'text/plain']

// What it chooses is in conformance/http/accepts.ts.
describe('preferredMediaType', () => {
  it('returns undefined if nothing is offered', () => {
    expect(preferredMediaType('*/*', [])).toBeUndefined()
    expect(preferredMediaType(null, [])).toBeUndefined()
  })

  it('reads the first 64 ranges only', () => {
    const others = (count: number) => Array.from({ length: count }, (_, n) => `a/${n}`).join()
    expect(preferredMediaType(`${others(63)},text/html`, offers)).toBe('text/html')
    expect(preferredMediaType(`${others(64)},text/html`, offers)).toBeUndefined()
  })

  it('takes time in proportion to the length', () => {
    for (const piece of [' ', ';', ';q=', ',', 'q', '*/', ';q=0.1', '"', '\\', '\\"', '=', ';a= ', ';a="']) {
      const accept = `text/html${piece.repeat(2 ** 20 / piece.length)}`
      expect([undefined, ...offers]).toContain(preferredMediaType(accept, offers))
    }
  })

  it('returns an offer or undefined for any header', () => {
    const pieces = fc.constantFrom(
      'text/html',
      '*/*',
      'text/*',
      ';',
      'q',
      '=',
      '0',
      '.',
      '1',
      ',',
      ' ',
      '"',
      'a/b',
    )
    const accepts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(accepts, (accept) => {
        expect([undefined, ...offers]).toContain(preferredMediaType(accept, offers))
      }),
      { numRuns: 1000 },
    )
  })
})
