/** Formats the result of a work for a terminal. */
import { isOurs } from './contenders.ts'
import { formatNumber, formatRatio } from './numbers.ts'
import { deviation, judge, median, ratio, reference } from './statistics.ts'
import type { Row, Target, Work, WorkResult } from './work.ts'

/** Emphasizes text; `plain` does not. */
export type Emphasis = (text: string, as: 'ours' | 'good' | 'bad' | 'quiet') => string

export const plain: Emphasis = (text) => text

/** Returns lines of text: a table with a row per contender, the outcome of the targets, and the notes. */
export function resultTable(
  { name, about, targets }: Pick<Work, 'name' | 'about' | 'targets'>,
  { rows, notes }: WorkResult,
  emphasis: Emphasis = plain,
): string[] {
  const body = rows.map((row) => ({ row, cells: cellsOf(row, rows) }))
  const header = headerOf(rows)
  const widths = header.map((cell, index) =>
    Math.max(cell.length, ...body.map(({ cells }) => cells[index]!.length)),
  )
  const line = (cells: string[]) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!)))
      .join('  ')
  return [
    `${emphasis(name, 'ours')}  ${about}`,
    '',
    emphasis(`  ${line(header)}`, 'quiet'),
    ...body.map(({ row, cells }) => {
      const ours = isOurs(row.contender) && row.apart === undefined
      const text = `${ours ? '▸' : ' '} ${line(cells)}`
      if (row.errors > 0) return emphasis(text, 'bad')
      if (row.apart !== undefined) return emphasis(text, 'quiet')
      return ours ? emphasis(text, 'ours') : text
    }),
    '',
    ...targets.map((target) => {
      const { ratio, against, met } = judge(rows, target)
      const spread = Number.isFinite(ratio.deviation) ? ` ±${ratio.deviation.toFixed(2)}` : ''
      const found = `${ratio.value.toFixed(2)}${spread} ${met ? '✓' : '✗'}`
      const whom = target.against === 'best peer' ? ` (${against})` : ''
      return emphasis(`  target: ${promise(target)}: ${found}${whom}`, met ? 'good' : 'bad')
    }),
    ...rows
      .filter(({ apart }) => apart !== undefined)
      .map(({ contender, apart }) => emphasis(`  note: ${contender} stands apart: ${apart}`, 'quiet')),
    ...notes.map((note) => emphasis(`  note: ${note}`, 'quiet')),
  ]
}

function promise({ figure, against, atLeast }: Target): string {
  return against === 'nobody' ? `${figure} ≥ ${atLeast}×` : `${figure} ≥ ${atLeast}× ${against}`
}

function headerOf(rows: readonly Row[]): string[] {
  const figures = Object.entries(rows[0]?.figures ?? {}).flatMap(([name, { unit }]) => [
    unit === name ? name : `${name}, ${unit}`,
    `× ${reference(rows, name)?.contender ?? ''}`,
  ])
  return ['', ...figures, 'errors']
}

function cellsOf(row: Row, rows: readonly Row[]): string[] {
  const figures = Object.entries(row.figures).flatMap(([name, figure]) => {
    const { values } = figure
    const middle = median(values)
    const spread =
      values.length > 1 && middle !== 0 ? ` ±${Math.round((deviation(values) / middle) * 100)} %` : ''
    const other = reference(rows, name)?.figures[name]
    return [
      `${formatNumber(middle)}${spread}`,
      other === undefined ? '–' : formatRatio(ratio(figure, other).value),
    ]
  })
  return [row.contender, ...figures, String(row.errors)]
}
