import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { preferredMediaType } from '../index.ts'

const offers = ['application/json', 'text/html', 'text/plain']

describe('preferredMediaType', () => {
  it.each<[accept: string | null, preferred: string | undefined, why: string]>([
    [null, 'application/json', 'no field accepts all, and the first offer wins'],
    ['', 'application/json', 'an empty list says nothing'],
    [' , ,', 'application/json', 'empty elements of a list are ignored (RFC 9110 §5.6.1)'],
    ['*/*', 'application/json', 'the earlier offer wins a tie'],
    ['text/html', 'text/html', 'an exact range'],
    ['TEXT/HTML', 'text/html', 'types are case-insensitive'],
    ['text/html;level=1', 'text/html', 'a range whose parameters no offer has counts as the bare type'],
    ['text/html;level=1;q=0.1, */*;q=0.5', 'application/json', 'but only if nothing else matches'],
    [
      'text/html;level=1;q=0.1, text/html, application/json;q=0.5',
      'text/html',
      'a range without parameters matches an offer without parameters',
    ],
    [
      'text/html;a="x, text/plain;q=1", text/plain;q=0.5, text/html;q=0.1',
      'text/plain',
      'a comma in a quoted parameter does not end the range',
    ],
    ['text/html;a="\\",";q=0.1, text/plain;q=0.5', 'text/plain', 'nor does one after an escaped quote'],
    ['text/html;a="x;q=0.1";q=0.9, text/plain;q=0.5', 'text/html', 'a semicolon in quotes is not one'],
    ['text/html;a="x', 'text/html', 'a quote that is never closed'],
    ['text/*', 'text/html', 'a range of subtypes'],
    ['text/html;q=0.5, text/plain', 'text/plain', 'the higher quality'],
    ['text/html ; Q = 0.5 , text/plain;q=0.4', 'text/html', 'white space and case around q'],
    ['application/json;q=0.1, */*;q=0.9', 'text/html', 'the specific range decides over the wildcard'],
    ['text/*;q=0.2, text/plain;q=0.1, */*;q=0.15', 'text/html', 'three levels of specificity'],
    ['*/*, application/json;q=0', 'text/html', 'a quality of 0 refuses'],
    ['text/*;q=0, */*', 'application/json', 'a refused range of subtypes'],
    ['image/png', undefined, 'nothing that is offered'],
    ['*/*;q=0', undefined, 'nothing at all'],
    [
      'text/html;q=0.0001, text/plain;q=0.5',
      'text/html',
      'a q of four digits is malformed, and counts as absent',
    ],
    ['text/html;q=high, text/plain;q=0.5', 'text/html', 'so does a q that is a word'],
    ['text/html;q=1.5, text/plain', 'text/html', 'a q above 1 is no more than 1'],
    ['text/plain, text/html;q=1.5', 'text/html', 'and so ties with it'],
    ['text', undefined, 'a range without a slash'],
  ])('of %j is %j: %s', (accept, expected) => {
    expect(preferredMediaType(accept, offers)).toBe(expected)
  })

  it('compares the parameters of an offer', () => {
    // The example of RFC 9110 §12.5.1.
    const accept =
      'text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5'
    const order = [
      'text/plain;format=flowed',
      'text/plain',
      'image/jpeg',
      'text/plain; FORMAT="fixed"',
      'text/html',
    ]
    for (let from = 0; from < order.length; from++) {
      const left = order.slice(from)
      expect(preferredMediaType(accept, left.toReversed())).toBe(left[0])
    }
  })

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
