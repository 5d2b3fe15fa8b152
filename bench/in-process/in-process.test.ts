import { expect, it } from 'vitest'
import type { Row } from '../harness/work.ts'
import { cookies } from './cookies.ts'
import { merged } from './in-process.ts'

it('takes one value from each process, the median of those it measured', () => {
  const row = (values: number[], errors: number): Row => ({
    contender: 'tsgi',
    figures: { parse: { unit: 'ns', better: 'lower', values } },
    errors,
  })
  const [first] = merged([[row([1, 9, 2], 1)], [row([5, 4, 3], 2)]])
  expect(first).toEqual(row([2, 4], 3))
})

it('measures each round in a process of its own', { timeout: 60_000 }, async () => {
  const lines: string[] = []
  const { rows } = await cookies.run({
    node: process.execPath,
    quick: true,
    progress: (line) => lines.push(line),
  })
  expect(lines).toEqual(['cookies: round 1 of 1'])
  expect(rows.map(({ contender }) => contender)).toContain('tsgi')
  for (const { figures, errors } of rows) {
    expect(errors).toBe(0)
    expect(figures.parse!.values).toHaveLength(1)
  }
})
