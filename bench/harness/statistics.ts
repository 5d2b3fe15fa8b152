/** Statistics of figures that were measured several times. */
import { baseline, isOurs } from './contenders.ts'
import type { Figure, Row, Target } from './work.ts'

/** Returns the median. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Returns the median absolute deviation, which a single outlier does not change. */
export function deviation(values: readonly number[]): number {
  const middle = median(values)
  return median(values.map((value) => Math.abs(value - middle)))
}

/** A ratio, and the median absolute deviation of the ratios of single rounds. */
export interface Ratio {
  value: number
  deviation: number
}

/**
 * Returns how many times better a figure is than another. Above 1 is better, whether higher or lower values are better.
 *
 * Returns the median of the ratios round by round: rounds alternate between contenders, so a disturbance of the machine
 * affects the same round of both.
 */
export function ratio(figure: Figure, to: Figure): Ratio {
  const [above, below] = figure.better === 'higher' ? [figure, to] : [to, figure]
  if (above.values.length !== below.values.length)
    return { value: median(above.values) / median(below.values), deviation: Number.NaN }
  const ratios = above.values.map((value, round) => value / below.values[round]!)
  return { value: median(ratios), deviation: deviation(ratios) }
}

/** Returns the row with the best median that is neither ours nor the baseline nor stands apart. */
export function bestPeer(rows: readonly Row[], figure: string): Row | undefined {
  return rows
    .filter((row) => !isOurs(row.contender) && row.contender !== baseline && row.apart === undefined)
    .filter(({ figures }) => figure in figures)
    .reduce<Row | undefined>((best, row) => {
      if (best === undefined) return row
      const [a, b] = [row.figures[figure]!, best.figures[figure]!]
      const better =
        a.better === 'higher' ? median(a.values) > median(b.values) : median(a.values) < median(b.values)
      return better ? row : best
    }, undefined)
}

/** Returns the row that ratios refer to: the baseline, or the best peer if the baseline does not take part. */
export function reference(rows: readonly Row[], figure: string): Row | undefined {
  return rows.find(({ contender }) => contender === baseline) ?? bestPeer(rows, figure)
}

/** The outcome of a target. */
export interface Outcome {
  target: Target
  /** The contender that ours was compared with. Undefined if the figure is already a ratio. */
  against: string | undefined
  ratio: Ratio
  met: boolean
}

/** @throws Error if the target names a figure or a contender that was not measured. */
export function judge(rows: readonly Row[], target: Target): Outcome {
  const { figure, against, atLeast } = target
  const ours = rows.find(({ contender, apart }) => isOurs(contender) && apart === undefined)?.figures[figure]
  const peer =
    against === 'best peer' ? bestPeer(rows, figure) : rows.find((row) => row.contender === against)
  const theirs =
    against === 'nobody' ? ours && { ...ours, values: ours.values.map(() => 1) } : peer?.figures[figure]
  if (ours === undefined || theirs === undefined)
    throw new Error(`the target '${figure} against ${against}' compares what was not measured`)
  const result = ratio(ours, theirs)
  return { target, against: peer?.contender, ratio: result, met: result.value >= atLeast }
}

/**
 * Returns a note if a server could not use all of its core, because its requests per second mean nothing then. The note
 * gives the CPU time per request instead.
 */
export function starved(rows: readonly Row[]): string[] {
  const shares = rows.flatMap(({ figures }) => {
    const [perSecond, cpu] = [figures['requests/s'], figures[cpuFigure]]
    if (perSecond === undefined || cpu === undefined) return []
    return median(perSecond.values.map((value, round) => (value * cpu.values[round]!) / 1e6))
  })
  const least = Math.min(1, ...shares)
  if (least > 0.9) return []
  const note = `a server had only ${Math.round(least * 100)} % of its core, because the machine is busy or the load too small: trust ${cpuFigure} instead of requests/s`
  if (!rows.some(({ contender }) => isOurs(contender)) || bestPeer(rows, cpuFigure) === undefined)
    return [note]
  const { ratio, against } = judge(rows, { figure: cpuFigure, against: 'best peer', atLeast: 1 })
  return [`${note}; by that, ours is ${ratio.value.toFixed(2)} ±${ratio.deviation.toFixed(2)} of ${against}`]
}

const cpuFigure = 'CPU per request'
