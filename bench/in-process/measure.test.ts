import { describe, expect, it } from 'vitest'
import { averageRounds, calibrate, measure, nextTimes, type Subject } from './measure.ts'

/** Keeps the CPU busy, so that a batch takes time. */
function busy(name: string, log: string[] = []): Subject & { prepared: number[] } {
  const prepared: number[] = []
  return {
    name,
    prepared,
    prepare: (times) => prepared.push(times),
    run(times) {
      log.push(name)
      let sum = 0
      for (let time = 0; time < times; time++) for (let n = 0; n < 2000; n++) sum += n % 7
      return sum
    },
  }
}

describe('measure', () => {
  it('returns one figure per round for each subject', async () => {
    const figures = await measure([busy('a'), busy('b')], { rounds: 3, milliseconds: 1 })
    expect([...figures.keys()]).toEqual(['a', 'b'])
    for (const values of figures.values()) {
      expect(values).toHaveLength(3)
      for (const value of values) expect(value).toBeGreaterThanOrEqual(0)
    }
  })

  it('alternates between the subjects, in reverse every other round', async () => {
    const log: string[] = []
    await measure([busy('a', log), busy('b', log)], { rounds: 3, milliseconds: 1 })
    expect(log.slice(-6)).toEqual(['a', 'b', 'b', 'a', 'a', 'b'])
  })

  it('awaits promises and rejects if one does', async () => {
    const later: Subject = { name: 'later', run: () => Promise.reject(new Error('broken')) }
    await expect(measure([later], { rounds: 1, milliseconds: 1 })).rejects.toThrow('broken')
  })

  it('prepares every batch for its number of runs', async () => {
    const subject = busy('a')
    const times = await calibrate(subject, 1)
    expect(times).toBeGreaterThanOrEqual(1)
    expect(subject.prepared[0]).toBe(1)
    expect(subject.prepared.every((each, index) => index === 0 || each >= subject.prepared[index - 1]!)).toBe(
      true,
    )
  })
})

describe('nextTimes', () => {
  it('aims a little above the wanted time', () => expect(nextTimes(100, 5e6, 25e6)).toBe(600))
  it('at least doubles', () => expect(nextTimes(100, 24e6, 25e6)).toBe(200))
  it('increases tenfold at most, even if no time was measured', () => {
    expect(nextTimes(100, 0, 25e6)).toBe(1000)
  })
})

it('averageRounds averages round by round', () => {
  expect(
    averageRounds([
      [1, 10],
      [3, 30],
    ]),
  ).toEqual([2, 20])
})
