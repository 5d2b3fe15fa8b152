import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addVary } from '../http.ts'

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
