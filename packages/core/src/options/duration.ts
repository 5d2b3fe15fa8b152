/** A duration: milliseconds as a number, or text with a unit, such as `'500ms'`, `'30s'`, `'15m'`, `'12h'` or `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * Converts a duration to milliseconds, rounded to a whole number. Returns `undefined` if the value is not a duration.
 *
 * @example
 * ```ts
 * import { parseDuration } from '@tsgi/core/options'
 *
 * parseDuration('1.5s') // => 1500
 * parseDuration(250) // => 250
 * parseDuration('5 minutes') // => undefined
 * ```
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value
  const [, count, unit] =
    (typeof value === 'string' && /^(\d{1,15}(?:\.\d{1,3})?)(ms|[smhd])$/.exec(value)) || []
  return count === undefined ? undefined : Math.round(Number(count) * UNITS[unit!]!)
}
