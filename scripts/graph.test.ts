import { describe, expect, it } from 'vitest'
import { cyclesOf, grouped } from './graph.ts'

const graph = (arrows: Record<string, string[]>) =>
  new Map(Object.entries(arrows).map(([from, to]) => [from, new Set(to)]))

describe('cyclesOf', () => {
  it('returns nothing if all arrows point one way', () => {
    expect(cyclesOf(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual([])
  })

  it('returns the shortest cycle of each group of nodes that reach each other', () => {
    const cycles = cyclesOf(graph({ a: ['b'], b: ['c', 'a'], c: ['a'], d: ['e'], e: ['d'], f: ['a'] }))
    expect(cycles).toEqual([
      ['a', 'b', 'a'],
      ['d', 'e', 'd'],
    ])
  })

  it('returns a node that points to itself', () => {
    expect(cyclesOf(graph({ a: ['a'] }))).toEqual([['a', 'a']])
  })
})

describe('grouped', () => {
  it('keeps the arrows between groups and drops those within one', () => {
    const files = graph({ 'x/1': ['x/2', 'y/1'], 'x/2': [], 'y/1': ['y/2'], 'y/2': ['x/2'] })
    expect(grouped(files, (file) => file.split('/')[0]!)).toEqual(graph({ x: ['y'], y: ['x'] }))
  })
})
