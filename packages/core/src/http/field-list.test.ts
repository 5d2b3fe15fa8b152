import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addVary, listElements, trimOws } from '../http.ts'

describe('trimOws', () => {
  it.each([
    ['', ''],
    [' \t ', ''],
    ['close', 'close'],
    [' \tclose\t ', 'close'],
    ['two  words', 'two  words'],
    ...['\xa0', '\x85', '\x0b', '\x0c', '\n', '\r', '\0', '\ufeff', '\u2028', '\u3000'].flatMap((other) => [
      [`close${other}`, `close${other}`],
      [` ${other}close `, `${other}close`],
    ]),
  ])('removes spaces and tabs only: %j', (text, trimmed) => {
    expect(trimOws(text)).toBe(trimmed)
  })

  it('takes no longer per character for many spaces', () => {
    const text = `a${' '.repeat(1_000_000)}b`
    expect(trimOws(text)).toBe(text)
  })
})

describe('listElements', () => {
  it.each([
    [null, []],
    [undefined, []],
    ['', []],
    [' , ,\t', []],
    ['close', ['close']],
    ['keep-alive, Upgrade', ['keep-alive', 'Upgrade']],
    [',a,,b\t ,', ['a', 'b']],
    ['close\xa0, \xa0upgrade', ['close\xa0', '\xa0upgrade']],
  ])('returns the elements of %j without empty ones', (value, elements) => {
    expect(listElements(value)).toEqual(elements)
  })
})

describe('addVary', () => {
  it.each<[string | null, string[], string]>([
    [null, ['Origin'], 'Origin'],
    ['', ['Origin'], 'Origin'],
    ['Origin', ['Accept-Encoding'], 'Origin, Accept-Encoding'],
    ['origin', ['Origin'], 'origin'],
    ['Origin,accept', ['Accept'], 'Origin,accept'],
    ['Cookie', ['Origin', 'origin', 'COOKIE'], 'Cookie, Origin'],
    ['*', ['Origin'], '*'],
    ['Origin, *', ['Accept'], '*'],
    ['Origin', ['*'], '*'],
    ['Origin', [], 'Origin'],
  ])('adds to %j the names %j', (vary, names, expected) => {
    expect(addVary(vary, ...names)).toBe(expected)
  })

  it('lists every name once and changes nothing the second time', () => {
    const name = fc.constantFrom('Origin', 'ORIGIN', 'accept', 'Accept', 'Cookie', 'Accept-Encoding')
    const names = fc.array(name)
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { selector: (each) => each.toLowerCase() }),
        names,
        (before, added) => {
          const once = addVary(before.join(', '), ...added)
          const listed = once.split(', ').filter(Boolean)
          const lower = listed.map((each) => each.toLowerCase())
          expect(new Set(lower)).toEqual(new Set([...before, ...added].map((each) => each.toLowerCase())))
          expect(new Set(lower).size).toBe(lower.length)
          expect(listed.slice(0, before.length)).toEqual(before)
          expect(addVary(once, ...added)).toBe(once)
        },
      ),
    )
  })
})
