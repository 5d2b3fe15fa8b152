import { expect, it } from 'vitest'
import { resultTable } from './table.ts'
import type { Row } from './work.ts'

function row(contender: string, perSecond: number[], memory: number, errors = 0): Row {
  return {
    contender,
    figures: {
      'requests/s': { unit: 'requests/s', better: 'higher', values: perSecond },
      'peak memory': { unit: 'MB', better: 'lower', values: [memory] },
    },
    errors,
  }
}

const work = {
  name: 'hello',
  about: 'A line of text.',
  headline: 'requests/s',
  targets: [{ figure: 'requests/s', against: 'best peer', atLeast: 1 }],
}
const rows = [
  row('node-http', [52_000, 51_000, 53_000, 52_000, 52_000], 100),
  row('koa', [26_000, 26_000, 26_000, 26_000, 26_000], 80),
  row('tsgi', [52_000, 52_000, 52_000, 52_000, 53_000], 100, 3),
]

it('aligns every figure with its spread and its ratio to node:http, and marks ours', () => {
  expect(resultTable(work, { rows, notes: ['no wrk here'] })).toEqual([
    'hello  A line of text.',
    '',
    '              requests/s  × node-http  peak memory, MB  × node-http  errors',
    '  node-http  52,000 ±0 %        1.00×              100        1.00×       0',
    '  koa        26,000 ±0 %        0.50×             80.0        1.25×       0',
    '▸ tsgi       52,000 ±0 %        1.00×              100        1.00×       3',
    '',
    '  tsgi against koa: requests/s 2.00 (2.00–2.04), faster',
    '  target: requests/s of tsgi ≥ 1× best peer: 2.00 (2.00–2.04), reached (koa)',
    '  note: no wrk here',
  ])
})

it('reports by how much a target is missed, and whether the interval contains it', () => {
  const against = (atLeast: number) =>
    resultTable(
      { ...work, targets: [{ figure: 'requests/s', against: 'node-http', atLeast }] },
      { rows, notes: [] },
    ).at(-1)
  expect(against(1.3)).toBe('  target: requests/s of tsgi ≥ 1.3× node-http: 1.00 (0.98–1.02), missed')
  expect(against(1)).toMatch(/1\.00 \(0\.98–1\.02\), not distinguishable$/)
})

it('makes no claim on fewer than five rounds', () => {
  const few = [row('koa', [10, 10], 1), row('tsgi', [30, 31], 1)]
  const lines = resultTable({ ...work, targets: [] }, { rows: few, notes: [] })
  expect(lines).toContain('  tsgi against koa: requests/s 3.05 (3.00–3.10), too few rounds')
})

it('emphasizes ours, and marks rows with errors as bad', () => {
  const lines = resultTable(work, { rows, notes: [] }, (text, as) => `${as}:${text}`)
  expect(lines.find((line) => line.includes('▸'))).toMatch(/^bad:/)
  const whole = resultTable(
    work,
    { rows: [rows[1]!, row('tsgi', [1, 1, 1, 1, 1], 1)], notes: [] },
    (text, as) => `${as}:${text}`,
  )
  expect(whole.find((line) => line.includes('▸'))).toMatch(/^ours:/)
})

it('compares with the best peer if node:http does not take part', () => {
  const [, , header] = resultTable(work, { rows: rows.slice(1), notes: [] })
  expect(header).toContain('× koa')
})

it('explains why a row stands apart, and judges a figure that is already a ratio', () => {
  const apart = { ...row('koa', [1, 1, 1, 1, 1], 1), apart: 'it is another language' }
  const targets = [{ figure: 'requests/s', against: 'nobody', atLeast: 2 }]
  const ours = row('tsgi', [3, 3, 3, 3, 3], 1)
  const lines = resultTable({ ...work, targets }, { rows: [rows[1]!, apart, ours], notes: [] })
  expect(lines).toContain('  note: koa stands apart: it is another language')
  expect(lines).toContain('  target: requests/s of tsgi ≥ 2×: 3.00, reached')
})
