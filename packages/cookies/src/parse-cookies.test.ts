import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCookies } from './index.ts'

const parsed = (header: string | null) => ({ ...parseCookies(header) })

describe('parseCookies', () => {
  it('reads names and values, trimming white space around them', () => {
    expect(parsed('a=1; b=2;c = 3 ;d=')).toEqual({ a: '1', b: '2', c: '3', d: '' })
    expect(parsed('a=b=c==')).toEqual({ a: 'b=c==' })
  })

  it('gives nothing where there is no header, or nothing in it', () => {
    for (const header of [null, '', ';', '; ;', 'a', 'a; b']) expect(parsed(header)).toEqual({})
  })

  it('passes over what is no pair', () => {
    expect(parsed('junk; a=1; ; more junk; b=2')).toEqual({ a: '1', b: '2' })
  })

  it('decodes percent-encoding, and keeps raw what does not decode', () => {
    expect(parsed('a=%C3%A9%20%25; b=100%; c=%zz; d=%ff')).toEqual({
      a: 'é %',
      b: '100%',
      c: '%zz',
      d: '%ff',
    })
  })

  it('keeps quotes and plus signs as they are', () => {
    expect(parsed('a="x"; b=1+1')).toEqual({ a: '"x"', b: '1+1' })
  })

  it('takes the first of several with one name', () => {
    expect(parsed('a=1; a=2; A=3')).toEqual({ a: '1', A: '3' })
  })

  it("has no prototype, so that a client's names are plain data", () => {
    const cookies = parseCookies('__proto__=x; constructor=y')
    expect(Object.getPrototypeOf(cookies)).toBeNull()
    expect(Object.getPrototypeOf(parseCookies(null))).toBeNull()
    expect(Object.entries(cookies)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    expect(cookies.toString).toBeUndefined()
  })

  it('reads 180 pairs and no more', () => {
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
