/** A value at a time in milliseconds. */
export type Point = readonly [at: number, value: number]

/** How a value changes over time. */
export interface Trend {
  /** The median of all points. */
  readonly median: number
  /** The median of the first third of the points. */
  readonly before: number
  /** The median of the last third. */
  readonly after: number
  /** The change per hour: the median of the slopes between all pairs of points (Theil–Sen), which ignores outliers. */
  readonly perHour: number
}

export function trendOf(points: readonly Point[]): Trend {
  const third = Math.ceil(points.length / 3)
  const values = points.map(([, value]) => value)
  const slopes = points.flatMap(([at, value], n) =>
    points.slice(n + 1).map(([later, other]) => (other - value) / (later - at)),
  )
  return {
    median: median(values),
    before: median(values.slice(0, third)),
    after: median(values.slice(-third)),
    perHour: median(slopes) * 3_600_000,
  }
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
