import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCookies } from './index.ts'

const parsed = (header: string | null) => ({ ...parseCookies(header) })

// What it reads is in conformance/cookies.
describe('parseCookies', () => {
  it('returns no cookies if there is no header or it contains none', () => {
    for (const header of [null, '', ';', '; ;', 'a', 'a; b']) expect(parsed(header)).toEqual({})
  })

  it('decodes percent-encoding and returns malformed encoding unchanged', () => {
    expect(parsed('a=%C3%A9%20%25; b=100%; c=%zz; d=%ff')).toEqual({
      a: 'é %',
      b: '100%',
      c: '%zz',
      d: '%ff',
    })
  })

  it('returns an object without a prototype, so that any name is plain data', () => {
    const cookies = parseCookies('__proto__=x; constructor=y')
    expect(Object.getPrototypeOf(cookies)).toBeNull()
    expect(Object.getPrototypeOf(parseCookies(null))).toBeNull()
    expect(Object.entries(cookies)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    expect(cookies.toString).toBeUndefined()
  })

  it('reads no more than 180 pairs', () => {
    const pairs = Array.from({ length: 200 }, (_, index) => `c${index}=${index}`)
    const names = Object.keys(parseCookies(pairs.join('; ')))
    expect(names).toHaveLength(180)
    expect(names.at(-1)).toBe('c179')
    expect(Object.keys(parseCookies(`${';'.repeat(180)}late=1`))).toEqual([])
  })

  it('never throws, whatever the client sends', () => {
    const header = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 500 }),
      fc.string({
        unit: fc.constantFrom('a', '=', ';', ' ', '%', '4', '1', '"', ',', '\t', '\0', 'é'),
        maxLength: 60,
      }),
    )
    fc.assert(
      fc.property(header, (header) => {
        for (const [name, value] of Object.entries(parseCookies(header))) {
          expect(header).toContain(name)
          expect(typeof value).toBe('string')
        }
      }),
      { numRuns: 1000 },
    )
  })
})
