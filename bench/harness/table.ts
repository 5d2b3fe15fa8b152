/** Formats the result of a work for a terminal. */
import { isOurs } from './contenders.ts'
import { formatNumber, formatRatio } from './numbers.ts'
import { describeStanding, describeTarget, standings } from './standing.ts'
import { deviation, median, ratio, reference } from './statistics.ts'
import type { Row, Target, Work, WorkResult } from './work.ts'

/** Emphasizes text; `plain` does not. */
export type Emphasis = (text: string, as: 'ours' | 'good' | 'bad' | 'quiet') => string

export const plain: Emphasis = (text) => text

export type Described = Pick<Work, 'name' | 'about' | 'headline' | 'compared' | 'targets'>

/** Returns lines of text: a table with a row per contender, comparisons, the outcome of the targets, and the notes. */
export function resultTable(
  { name, about, targets, ...compared }: Described,
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
    ...comparisons(rows, compared).map((text) => `  ${text}`),
    ...targets.flatMap((target) => {
      const outcome = describeTarget(rows, target)
      if (outcome === undefined) return []
      const as = outcome.comparison === 'above' ? 'good' : outcome.comparison === 'below' ? 'bad' : 'quiet'
      const whom = target.against === 'best peer' ? ` (${outcome.against})` : ''
      return emphasis(`  target: ${promise(target)}: ${outcome.text}${whom}`, as)
    }),
    ...notesOf(rows, notes).map((note) => emphasis(`  note: ${note}`, 'quiet')),
  ]
}

/** The comparisons of ours with the best peer. */
export function comparisons(
  rows: readonly Row[],
  { headline, compared = [headline, 'CPU per request'] }: Pick<Work, 'headline' | 'compared'>,
): string[] {
  return [...new Set(compared)].flatMap((figure) =>
    standings(rows, figure).map(
      (standing) =>
        `${standing.contender} against ${standing.against}: ${figure} ${describeStanding(standing)}`,
    ),
  )
}

/** The notes of a work, and why rows stand apart. */
export function notesOf(rows: readonly Row[], notes: readonly string[]): string[] {
  const reasons = Map.groupBy(rows, ({ apart }) => apart)
  reasons.delete(undefined)
  const apart = [...reasons].map(([reason, rows]) => {
    const names = rows.map(({ contender }) => contender).join(', ')
    return `${names} ${rows.length === 1 ? 'stands' : 'stand'} apart: ${reason}`
  })
  return [...apart, ...notes]
}

function promise({ figure, of = 'tsgi', against, atLeast }: Target): string {
  return against === 'nobody'
    ? `${figure} of ${of} ≥ ${atLeast}×`
    : `${figure} of ${of} ≥ ${atLeast}× ${against}`
}

/** The heads of the columns. */
export function headerOf(rows: readonly Row[]): string[] {
  const figures = Object.entries(rows[0]?.figures ?? {}).flatMap(([name, { unit }]) => [
    unit === name || unit === '' ? name : `${name}, ${unit}`,
    `× ${reference(rows, name)?.contender ?? ''}`,
  ])
  return ['', ...figures, 'errors']
}

/** The cells of a row: medians with their spread, ratios, and the number of errors. */
export function cellsOf(row: Row, rows: readonly Row[]): string[] {
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
