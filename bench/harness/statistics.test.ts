import { describe, expect, it } from 'vitest'
import { bestPeer, compare, deviation, judge, median, ratio, reference, starved } from './statistics.ts'
import type { Figure, Row } from './work.ts'

const more = (...values: number[]): Figure => ({ unit: 'requests/s', better: 'higher', values })
const less = (...values: number[]): Figure => ({ unit: 'µs', better: 'lower', values })
const row = (contender: string, perSecond: Figure, cpu = less(1)): Row => ({
  contender,
  figures: { 'requests/s': perSecond, cpu },
  errors: 0,
})

/** Returns a generator of numbers above 0 and up to 1 that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return (state + 1) / 2 ** 32
  }
}

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
    const result = ratio(more(200, 20, 210), more(100, 10, 100))
    expect(result).toEqual({ value: 2, low: 2, high: 2.1, isCertain: false })
  })

  it('has an interval from the smallest to the largest of five ratios', () => {
    const result = ratio(more(11, 9, 12, 10, 13), more(10, 10, 10, 10, 10))
    expect(result).toEqual({ value: 1.1, low: 0.9, high: 1.3, isCertain: true })
  })

  it('drops as many extremes as 90 % certainty allows', () => {
    const tens = (rounds: number) => more(...Array.from({ length: rounds }, () => 10))
    const rising = (rounds: number) => more(...Array.from({ length: rounds }, (_, round) => 10 * (round + 1)))
    const interval = (rounds: number) => ratio(rising(rounds), tens(rounds))
    expect(interval(7)).toMatchObject({ low: 1, high: 7 })
    expect(interval(8)).toMatchObject({ low: 2, high: 7 })
    expect(interval(11)).toMatchObject({ low: 3, high: 9 })
    expect(interval(100)).toMatchObject({ low: 42, high: 59 })
  })

  it.each([5, 8, 12])('contains the true median in at least nine of ten runs of %i rounds', (rounds) => {
    const random = seeded(rounds)
    // Skewed, as times are: most are close to the fastest, some take much longer.
    const sample = () => more(...Array.from({ length: rounds }, () => 1 - Math.log(random()) * random()))
    const trueMedian = 1
    const runs = 2_000
    let hits = 0
    for (let run = 0; run < runs; run++) {
      const { low, high } = ratio(sample(), sample())
      if (low <= trueMedian && trueMedian <= high) hits++
    }
    expect(hits / runs).toBeGreaterThan(0.9)
    expect(hits / runs).toBeLessThan(0.97)
  })
})

describe('compare', () => {
  const level = more(10, 10, 10, 10, 10)

  it('decides only if the whole interval is on one side', () => {
    expect(compare(ratio(more(11, 12, 11, 12, 11), level), 1)).toBe('above')
    expect(compare(ratio(more(9, 8, 9, 9, 9), level), 1)).toBe('below')
    expect(compare(ratio(more(11, 12, 11, 12, 9.9), level), 1)).toBe('not distinguishable')
    expect(compare(ratio(more(11, 12, 11, 12, 11), level), 1.15)).toBe('not distinguishable')
  })

  it('does not decide on four rounds, which agree by chance in one of eight cases', () => {
    expect(compare(ratio(more(20, 20, 20, 20), more(10, 10, 10, 10)), 1)).toBe('too few rounds')
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
  const five = [
    row('node-http', more(100, 100, 100, 100, 100)),
    row('hono', more(80, 80, 80, 80, 80)),
    row('tsgi', more(99, 95, 102, 98, 96)),
    row('tsgi (engine)', more(199, 195, 202, 198, 196)),
  ]

  it('reports whether a target is reached, against whom, and by how much', () => {
    const outcome = judge(five, target)
    expect(outcome).toMatchObject({ against: 'hono', comparison: 'above' })
    expect(outcome!.ratio.value).toBeCloseTo(1.225)
    expect(judge(five, { ...target, atLeast: 1.3 })!.comparison).toBe('below')
    expect(judge(five, { ...target, atLeast: 1.2 })!.comparison).toBe('not distinguishable')
  })

  it('compares the contenders that the target names', () => {
    const outcome = judge(five, { ...target, against: 'node-http' })
    expect(outcome).toMatchObject({ against: 'node-http', comparison: 'below' })
    expect(judge(five, { ...target, of: 'tsgi (engine)', atLeast: 2 })!.comparison).toBe('above')
  })

  it('uses a figure that is already a ratio', () => {
    const growth = {
      ...row('tsgi', more(1)),
      figures: { growth: { unit: '×', better: 'lower' as const, values: [1.25] } },
    }
    const against = { figure: 'growth', against: 'nobody', atLeast: 1 / 1.5 }
    expect(judge([growth], against)).toMatchObject({ against: undefined, ratio: { value: 0.8 } })
  })

  it('is undefined if a contender did not take part', () => {
    expect(judge(rows, { ...target, against: 'gin' })).toBeUndefined()
    expect(judge(rows, { ...target, of: 'tsgi (engine)' })).toBeUndefined()
    expect(judge([], target)).toBeUndefined()
  })

  it('throws for a figure that was not measured', () => {
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
    expect(starved([measured(50_000, 19.6), measured(20_000, 20)])).toEqual([
      expect.stringMatching(/^a server had only 40 % of its core.* trust CPU per request/),
    ])
  })

  it('is empty if all servers were busy or none served', () => {
    expect(starved([measured(50_000, 19.6)])).toEqual([])
    expect(starved(rows)).toEqual([])
  })
})
