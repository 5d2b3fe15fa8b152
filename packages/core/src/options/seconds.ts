import { describe } from './describe.ts'
import { type Duration, parseDuration } from './duration.ts'

/**
 * Reads an option that becomes a number of seconds in a header field, such as `Max-Age`: the number itself, or text with a
 * unit.
 *
 * @param option The name that the error message begins with.
 * @throws TypeError naming the option, the value received and what is expected.
 *
 * @example
 * ```ts
 * import { readSeconds } from '@tsgi/core/options'
 *
 * readSeconds('cors: maxAge', '10m') // => 600
 * readSeconds('cors: maxAge', 600) // => 600
 * ```
 */
export function readSeconds(option: string, value: Duration): number {
  const seconds = typeof value === 'string' ? (parseDuration(value) ?? Number.NaN) / 1000 : value
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds
  throw new TypeError(
    `${option} must be a whole number of seconds or text such as '30s', '10m' or '365d', got ${describe(value)}`,
  )
}
