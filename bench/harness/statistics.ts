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

/** The least probability with which an interval must contain the true median. */
const confidence = 0.9

/** A ratio of two figures, and the interval that contains its true median. */
export interface Ratio {
  value: number
  low: number
  high: number
  /** Whether the figures are exact, or there were enough rounds for {@link confidence}. */
  isCertain: boolean
}

/**
 * Returns how many times better a figure is than another. Above 1 is better, whether higher or lower values are better.
 *
 * Returns the median of the ratios round by round: rounds alternate between contenders, so a disturbance of the machine
 * affects the same round of both.
 */
export function ratio(figure: Figure, to: Figure): Ratio {
  const [above, below] = figure.better === 'higher' ? [figure, to] : [to, figure]
  const ratios = above.values.map((value, round) => value / below.values[round]!).toSorted((a, b) => a - b)
  const outliers = outliersOf(ratios.length)
  const dropped = Math.max(0, outliers)
  return {
    value: median(ratios),
    low: ratios[dropped] ?? Number.NaN,
    high: ratios[ratios.length - 1 - dropped] ?? Number.NaN,
    isCertain: outliers >= 0 || (figure.isExact === true && to.isExact === true),
  }
}

/**
 * Returns how many values can be dropped at each end of a sorted list so that the rest still surrounds the true median
 * with {@link confidence}, or -1 if the whole list does not. Each value is below the true median with probability ½, so the
 * rest lies on one side of it with the probability of at most that many heads, or tails, in as many tosses of a coin.
 */
function outliersOf(count: number): number {
  let probability = 0.5 ** count
  let oneSided = 0
  for (let dropped = 0; ; dropped++) {
    oneSided += probability
    if (1 - 2 * oneSided < confidence) return dropped - 1
    probability *= (count - dropped) / (dropped + 1)
  }
}

/** Whether a ratio is certainly above a value, certainly below it, or why that cannot be said. */
export type Comparison = 'above' | 'below' | 'not distinguishable' | 'too few rounds'

export function compare({ low, high, isCertain }: Ratio, to: number): Comparison {
  if (!isCertain) return 'too few rounds'
  if (low > to) return 'above'
  return high < to ? 'below' : 'not distinguishable'
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
  /** The contender that ours was compared with. Undefined if the figure is already a ratio. */
  against: string | undefined
  ratio: Ratio
  /** Whether the ratio is above the target. */
  comparison: Comparison
}

/**
 * Judges a target. Returns undefined if one of its contenders did not take part.
 *
 * @throws Error if no contender has the figure.
 */
export function judge(rows: readonly Row[], target: Target): Outcome | undefined {
  const { figure, of = 'tsgi', against, atLeast } = target
  if (rows.length > 0 && rows.every(({ figures }) => !(figure in figures)))
    throw new Error(`the target '${figure} against ${against}' names a figure that was not measured`)
  const ours = rows.find(({ contender }) => contender === of)?.figures[figure]
  const peer =
    against === 'best peer' ? bestPeer(rows, figure) : rows.find((row) => row.contender === against)
  const theirs =
    against === 'nobody' ? ours && { ...ours, values: ours.values.map(() => 1) } : peer?.figures[figure]
  if (ours === undefined || theirs === undefined) return undefined
  const result = ratio(ours, theirs)
  return { against: peer?.contender, ratio: result, comparison: compare(result, atLeast) }
}

/**
 * Returns a note if a server could not use all of its core, because its requests per second mean nothing then. The CPU time
 * per request does.
 */
export function starved(rows: readonly Row[]): string[] {
  const shares = rows.flatMap(({ figures }) => {
    const [perSecond, cpu] = [figures['requests/s'], figures['CPU per request']]
    if (perSecond === undefined || cpu === undefined) return []
    return median(perSecond.values.map((value, round) => (value * cpu.values[round]!) / 1e6))
  })
  const least = Math.min(1, ...shares)
  if (least > 0.9) return []
  return [
    `a server had only ${Math.round(least * 100)} % of its core, because the machine is busy or the load too small: trust CPU per request instead of requests/s`,
  ]
}
