import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LruMap } from './lru-map.ts'

describe('LruMap', () => {
  it('iterates in the order of use after any operations', () => {
    const step = fc.tuple(
      fc.constantFrom('set', 'touch', 'peek', 'delete'),
      fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new LruMap<number>()
        let model: [string, number][] = []
        for (const [at, [what, key]] of steps.entries()) {
          const known = model.find(([name]) => name === key)
          const others = model.filter((entry) => entry !== known)
          if (what === 'set') {
            map.set(key, at)
            model = [...others, [key, at]]
          } else if (what === 'touch') {
            map.touch(key)
            if (known) model = [...others, known]
          } else if (what === 'delete') {
            map.delete(key)
            model = others
          } else {
            expect(map.peek(key)).toBe(known?.[1])
          }
          expect([...map]).toEqual(model)
          expect(map.size).toBe(model.length)
        }
      }),
    )
  })

  it('can be emptied during iteration', () => {
    const map = new LruMap<number>()
    for (const key of ['a', 'b', 'c']) map.set(key, 0)
    for (const [key] of map) map.delete(key)
    expect([...map]).toEqual([])
    map.set('d', 1)
    expect([...map]).toEqual([['d', 1]])
  })
})
