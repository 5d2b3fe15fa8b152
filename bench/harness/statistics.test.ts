import { describe, expect, it } from 'vitest'
import { bestPeer, deviation, judge, median, ratio, reference, starved } from './statistics.ts'
import type { Figure, Row } from './work.ts'

const more = (...values: number[]): Figure => ({ unit: 'requests/s', better: 'higher', values })
const less = (...values: number[]): Figure => ({ unit: 'µs', better: 'lower', values })
const row = (contender: string, perSecond: Figure, cpu = less(1)): Row => ({
  contender,
  figures: { 'requests/s': perSecond, cpu },
  errors: 0,
})

const rows = [
  row('node-http', more(100, 100, 100), less(10)),
  row('hono', more(90, 95, 85), less(12)),
  row('koa', more(50, 900, 51), less(11)),
  row('tsgi', more(99, 95, 102), less(8)),
]

describe('median', () => {
  it('is the middle value in any order', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([10, 9, 2, 1])).toBe(5.5)
    expect(median([7])).toBe(7)
  })

  it('does not change its argument', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })

  it('is NaN if nothing was measured', () => {
    expect(median([])).toBeNaN()
  })
})

describe('deviation', () => {
  it('is the median distance from the median', () => {
    expect(deviation([1, 2, 3, 4, 100])).toBe(1)
    expect(deviation([5, 5, 5])).toBe(0)
  })
})

describe('ratio', () => {
  it('is above 1 for the better value, whether higher or lower is better', () => {
    expect(ratio(more(30), more(20)).value).toBe(1.5)
    expect(ratio(less(20), less(30)).value).toBe(1.5)
  })

  it('compares round by round', () => {
    // In the second round, both had a tenth of the speed.
    expect(ratio(more(200, 20, 210), more(100, 10, 100))).toEqual({ value: 2, deviation: 0 })
  })

  it('compares medians if the numbers of rounds differ', () => {
    expect(ratio(more(10, 20, 30), more(10)).value).toBe(2)
  })
})

describe('bestPeer', () => {
  it('is neither ours nor the baseline nor a peer with one lucky round', () => {
    expect(bestPeer(rows, 'requests/s')?.contender).toBe('hono')
  })

  it('is the lowest if lower is better', () => {
    expect(bestPeer(rows, 'cpu')?.contender).toBe('koa')
  })

  it('ignores rows that stand apart', () => {
    const apart = rows.map((row) => (row.contender === 'hono' ? { ...row, apart: 'it writes code' } : row))
    expect(bestPeer(apart, 'requests/s')?.contender).toBe('koa')
  })

  it('is undefined if no peer was measured', () => {
    expect(bestPeer([row('tsgi', more(1))], 'requests/s')).toBeUndefined()
    expect(bestPeer(rows, 'memory')).toBeUndefined()
  })
})

describe('reference', () => {
  it('is node:http, or the best peer if node:http does not take part', () => {
    expect(reference(rows, 'requests/s')?.contender).toBe('node-http')
    expect(reference(rows.slice(1), 'requests/s')?.contender).toBe('hono')
  })
})

describe('judge', () => {
  const target = { figure: 'requests/s', against: 'best peer', atLeast: 1.1 }

  it('reports whether a target is met, against whom, and by how much', () => {
    const outcome = judge(rows, target)
    expect(outcome).toMatchObject({ against: 'hono', met: true })
    expect(outcome.ratio.value).toBeCloseTo(1.1)
    expect(judge(rows, { ...target, atLeast: 1.3 }).met).toBe(false)
  })

  it('compares with the contender that the target names', () => {
    expect(judge(rows, { ...target, against: 'node-http' })).toMatchObject({
      against: 'node-http',
      met: false,
    })
  })

  it('uses a figure that is already a ratio', () => {
    const growth = {
      ...row('tsgi', more(1)),
      figures: { growth: { unit: '×', better: 'lower' as const, values: [1.25] } },
    }
    const against = { figure: 'growth', against: 'nobody', atLeast: 1 / 1.5 }
    expect(judge([growth], against)).toMatchObject({ against: undefined, ratio: { value: 0.8 }, met: true })
  })

  it('ignores a row of ours that stands apart', () => {
    const slower = { ...row('tsgi without a tree', more(1, 1, 1)), apart: 'to show what the tree is for' }
    expect(judge([slower, ...rows], target).met).toBe(true)
  })

  it('throws for a target that was not measured', () => {
    expect(() => judge(rows, { ...target, against: 'gin' })).toThrow("'requests/s against gin'")
    expect(() => judge(rows, { ...target, figure: 'speed' })).toThrow("'speed against best peer'")
  })
})

describe('starved', () => {
  const measured = (perSecond: number, cpu: number, contender = 'koa'): Row => ({
    contender,
    figures: { 'requests/s': more(perSecond), 'CPU per request': less(cpu) },
    errors: 0,
  })

  it('reports the server that had the least of its core', () => {
    expect(starved([measured(50_000, 19.6), measured(20_000, 20)])[0]).toMatch(
      /^a server had only 40 % of its core/,
    )
  })

  it('reports the CPU time of ours instead', () => {
    const [note] = starved([measured(50_000, 10), measured(40_000, 5, 'hono'), measured(10_000, 4, 'tsgi')])
    expect(note).toMatch(
      /trust CPU per request instead of requests\/s; by that, ours is 1\.25 ±0\.00 of hono$/,
    )
  })

  it('is undefined if all servers were busy or none served', () => {
    expect(starved([measured(50_000, 19.6)])).toEqual([])
    expect(starved(rows)).toEqual([])
  })
})
