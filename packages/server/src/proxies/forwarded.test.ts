import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tricky } from '../../test/tricky.ts'
import { type ForwardedElement, parseForwarded } from './forwarded.ts'

describe('parseForwarded', () => {
  it.each([
    ['for="_gazonk"', [{ for: '_gazonk' }]],
    ['For="[2001:db8:cafe::17]:4711"', [{ for: '[2001:db8:cafe::17]:4711' }]],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', [{ for: '192.0.2.60', proto: 'http', by: '203.0.113.43' }]],
    ['for=192.0.2.43, for=198.51.100.17', [{ for: '192.0.2.43' }, { for: '198.51.100.17' }]],
    ['for=[2001:db8::1]:80; proto=https', [{ for: '[2001:db8::1]:80', proto: 'https' }]],
    ['host="a\\"b\\\\c,;d"', [{ host: 'a"b\\c,;d' }]],
    ['secret=x;for=a;SECRET2="y,z"', [{ for: 'a' }]],
    ['secret=x, for=a', [{}, { for: 'a' }]],
    [', ,for=a;,\t, for=b,', [{ for: 'a' }, { for: 'b' }]],
    ['__proto__=x;for=a', [{ for: 'a' }]],
    ['', []],
  ] as [string, ForwardedElement[]][])('reads %s', (field, elements) => {
    expect(parseForwarded(field)).toEqual(elements)
  })

  it.each([
    ...['for', 'for=', '=a', 'for =a', 'for= a', 'for=a b', 'for="a', 'for="a\\"', 'for="a"b', 'for=a"b"'],
    ...['for=a;for=b', 'for=a;FOR=b', 'for=a=b', 'for=ä', 'for="a, for=b'],
  ])('rejects %s as a whole', (field) => {
    expect(parseForwarded(field)).toBeUndefined()
    expect(parseForwarded(`for=a, ${field}`)).toBeUndefined()
  })

  it('parses any quoting', () => {
    const text = fc
      .string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 })
      .filter((s) => !/[\r\n]/.test(s))
    const element = fc.record({ for: text, proto: text, host: text, by: text }, { requiredKeys: ['for'] })
    fc.assert(
      fc.property(fc.array(element, { maxLength: 5 }), (elements) => {
        const field = elements.map((each) =>
          Object.entries(each)
            .map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`)
            .join(';'),
        )
        expect(parseForwarded(field.join(', '))).toEqual(elements)
      }),
    )
  })

  it('never drops the element that a proxy has added', () => {
    fc.assert(
      fc.property(
        fc.oneof(tricky, fc.stringMatching(/^[fo=";,\\a\s]{0,12}$/)),
        fc.constantFrom('192.0.2.1', '"[2001:db8::1]"', '"[2001:db8::1]:8";proto=https'),
        (forged, own) => {
          const elements = parseForwarded(`${forged}, for=${own}`)
          if (elements !== undefined) expect(elements.at(-1)).toEqual(parseForwarded(`for=${own}`)![0])
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('runs in linear time', () => {
    for (const field of [
      `${' '.repeat(200_000)}x`,
      `for=${'a'.repeat(200_000)}"`,
      `for="${'\\a'.repeat(100_000)}`,
      `${'a'.repeat(200_000)} `,
      `${'for=a,'.repeat(50_000)} for="`,
    ]) {
      expect(parseForwarded(field)).toBeUndefined()
    }
  })
})
