import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { preferredEncoding } from '../http.ts'

const offers = ['zstd', 'br', 'gzip'] as const

describe('preferredEncoding', () => {
  it.each<[string | null, string | undefined]>([
    [null, undefined],
    ['', undefined],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['zstd, br, deflate, gzip', 'zstd'],
    ['gzip, br', 'br'],
    ['GZip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['x-br', undefined],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.000, gzip', 'gzip'],
    ['gzip;q=0, *', 'zstd'],
    ['zstd;q=0, br;q=0, *', 'gzip'],
    ['*', 'zstd'],
    ['*;q=0', undefined],
    ['*;q=0, gzip', 'gzip'],
    ['identity;q=0', undefined],
    ['foo', undefined],
    ['deflate', undefined],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['br;q=0.001', 'br'],
    ['br ; q=0.5 , gzip ; Q=0.8', 'gzip'],
    ['identity', undefined],
    ['identity, gzip', 'gzip'],
    ['identity, gzip;q=0.5', undefined],
    ['*, gzip;q=0.5, zstd;q=0.5, br;q=0.5', undefined],
    ['identity;q=0.5, gzip', 'gzip'],
    [',, gzip ,,', 'gzip'],
    ['gzip;q=0, gzip', undefined],
    ['gzip;q=1.5', 'gzip'],
    ['gzip;q=2', undefined],
    ['gzip;q', undefined],
    ['gzip;q=', undefined],
    ['gzip;q=high', undefined],
    ['gzip;q=-1', undefined],
    ['gzip;q="1"', undefined],
    ['gzip;level=9', 'gzip'],
    ['gzip;level=9;q=0', undefined],
    ['__proto__, gzip', 'gzip'],
  ])('of %j prefers %j', (accept, expected) => {
    expect(preferredEncoding(accept, offers)).toBe(expected)
  })

  it('reads the first 64 codings only', () => {
    const others = (count: number) => Array.from({ length: count }, (_, n) => `a${n}`).join()
    expect(preferredEncoding(`${others(63)},gzip`, offers)).toBe('gzip')
    expect(preferredEncoding(`${others(64)},gzip`, offers)).toBeUndefined()
  })

  it('takes time in proportion to the length', () => {
    for (const piece of [' ', ';', ';q=', ',', 'q', '=', ';q=0.1', '\t', '"', 'gzip;', '= ', ' a']) {
      const accept = `gzip;q=1${piece.repeat(2 ** 20 / piece.length)}`
      expect([undefined, ...offers]).toContain(preferredEncoding(accept, offers))
    }
  })

  it('never returns a coding that is refused, and returns the best one that is accepted', () => {
    const quality = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000)
    const entry = fc.tuple(fc.constantFrom('zstd', 'br', 'gzip', 'identity', '*', 'deflate'), quality)
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ([name]) => name }), (entries) => {
        const accept = entries.map(([name, weight]) => `${name};q=${weight}`).join(', ')
        const qualities = new Map<string, number>(entries)
        const qualityOf = (coding: string) => qualities.get(coding) ?? qualities.get('*') ?? 0
        const chosen = preferredEncoding(accept, offers)
        const best = Math.max(...offers.map(qualityOf))
        if (best === 0 || qualityOf('identity') > best) expect(chosen).toBeUndefined()
        else expect(chosen).toBe(offers.find((offer) => qualityOf(offer) === best))
      }),
      { numRuns: 1000 },
    )
  })

  it('returns an offer or undefined for any header', () => {
    const pieces = fc.constantFrom('gzip', 'br', '*', ';', 'q', '=', '0', '.', '1', ',', ' ', '"', 'identity')
    const accepts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(accepts, (accept) => {
        expect([undefined, ...offers]).toContain(preferredEncoding(accept, offers))
      }),
      { numRuns: 1000 },
    )
  })
})
