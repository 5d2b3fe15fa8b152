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
  it('is the middle value, in whatever order they came', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([10, 9, 2, 1])).toBe(5.5)
    expect(median([7])).toBe(7)
  })

  it('leaves the values as they were', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })

  it('is no number where nothing was measured', () => {
    expect(median([])).toBeNaN()
  })
})

describe('deviation', () => {
  it('is how far a value typically is from the median', () => {
    expect(deviation([1, 2, 3, 4, 100])).toBe(1)
    expect(deviation([5, 5, 5])).toBe(0)
  })
})

describe('ratio', () => {
  it('is above 1 for what is better, whether more or less is wanted', () => {
    expect(ratio(more(30), more(20)).value).toBe(1.5)
    expect(ratio(less(20), less(30)).value).toBe(1.5)
  })

  it('compares each round with the same round of the other', () => {
    // Both were slowed to a tenth in the second round.
    expect(ratio(more(200, 20, 210), more(100, 10, 100))).toEqual({ value: 2, deviation: 0 })
  })

  it('compares medians where the rounds are not the same', () => {
    expect(ratio(more(10, 20, 30), more(10)).value).toBe(2)
  })
})

describe('bestPeer', () => {
  it('is neither ours nor the baseline, and not whoever had one lucky round', () => {
    expect(bestPeer(rows, 'requests/s')?.contender).toBe('hono')
  })

  it('knows that less is better of some figures', () => {
    expect(bestPeer(rows, 'cpu')?.contender).toBe('koa')
  })

  it('is nobody that stands apart', () => {
    const apart = rows.map((row) => (row.contender === 'hono' ? { ...row, apart: 'it writes code' } : row))
    expect(bestPeer(apart, 'requests/s')?.contender).toBe('koa')
  })

  it('is nobody where nobody else was measured', () => {
    expect(bestPeer([row('tsgi', more(1))], 'requests/s')).toBeUndefined()
    expect(bestPeer(rows, 'memory')).toBeUndefined()
  })
})

describe('reference', () => {
  it('is raw node:http, or the best peer where that takes no part', () => {
    expect(reference(rows, 'requests/s')?.contender).toBe('node-http')
    expect(reference(rows.slice(1), 'requests/s')?.contender).toBe('hono')
  })
})

describe('judge', () => {
  const target = { figure: 'requests/s', against: 'best peer', atLeast: 1.1 }

  it('says whether a target is met, against whom, and by how much', () => {
    const outcome = judge(rows, target)
    expect(outcome).toMatchObject({ against: 'hono', met: true })
    expect(outcome.ratio.value).toBeCloseTo(1.1)
    expect(judge(rows, { ...target, atLeast: 1.3 }).met).toBe(false)
  })

  it('compares with one contender where the target names it', () => {
    expect(judge(rows, { ...target, against: 'node-http' })).toMatchObject({
      against: 'node-http',
      met: false,
    })
  })

  it('takes a figure that is a ratio already as it is', () => {
    const growth = {
      ...row('tsgi', more(1)),
      figures: { growth: { unit: '×', better: 'lower' as const, values: [1.25] } },
    }
    const against = { figure: 'growth', against: 'nobody', atLeast: 1 / 1.5 }
    expect(judge([growth], against)).toMatchObject({ against: undefined, ratio: { value: 0.8 }, met: true })
  })

  it('does not hold to it a row of ours that stands apart', () => {
    const slower = { ...row('tsgi without a tree', more(1, 1, 1)), apart: 'to show what the tree is for' }
    expect(judge([slower, ...rows], target).met).toBe(true)
  })

  it('refuses a target that compares what was not measured', () => {
    expect(() => judge(rows, { ...target, against: 'gin' })).toThrow("'requests/s against gin'")
    expect(() => judge(rows, { ...target, figure: 'speed' })).toThrow("'speed against best peer'")
  })
})

describe('starved', () => {
  const measured = (perSecond: number, cpu: number, contender = 'koa'): Row => ({
    contender,
    figures: { 'requests/s': more(perSecond), 'CPU a request': less(cpu) },
    errors: 0,
  })

  it('tells of the server that had least of its core', () => {
    expect(starved([measured(50_000, 19.6), measured(20_000, 20)])[0]).toMatch(
      /^a server had only 40 % of its core/,
    )
  })

  it('says what CPU says of ours instead', () => {
    const [note] = starved([measured(50_000, 10), measured(40_000, 5, 'hono'), measured(10_000, 4, 'tsgi')])
    expect(note).toMatch(
      /believe CPU a request rather than requests\/s; by that, ours is 1\.25 ±0\.00 of hono$/,
    )
  })

  it('says nothing where all of them were busy, or nothing was served', () => {
    expect(starved([measured(50_000, 19.6)])).toEqual([])
    expect(starved(rows)).toEqual([])
  })
})
