import { describe } from './describe.ts'
import { type Duration, parseDuration } from './duration.ts'
import { parseSize } from './size.ts'

/** The bounds of a numeric option. */
export interface Bounds {
  /** The value if the option is missing. */
  readonly default: number
  readonly min: number
  /** If it is `Infinity`, the option can be `Infinity`, for no limit. */
  readonly max: number
  /**
   * What the number counts, in the plural. An option in `milliseconds` accepts any {@link Duration}, one in `bytes` any
   * {@link Size}.
   */
  readonly unit: string
}

/**
 * Returns the bounds of a duration option.
 *
 * @param max The longest duration; by default the longest that a timer accepts, some 24 days.
 *
 * @example
 * ```ts
 * import { duration, readLimits } from '@tsgi/core/options'
 *
 * const bounds = { timeout: duration('5s') }
 * readLimits('connect', {}, bounds) // => { timeout: 5000 }
 * readLimits('connect', { timeout: '1m' }, bounds) // => { timeout: 60_000 }
 * ```
 */
export function duration(defaultValue: Duration, min: Duration = 0, max: Duration = 2 ** 31 - 1): Bounds {
  const [value, least, most] = [defaultValue, min, max].map((each) => parseDuration(each) ?? Number.NaN)
  return { default: value!, min: least!, max: most!, unit: 'milliseconds' }
}

/**
 * Reads the options that are whole numbers or durations, and fills in their defaults.
 *
 * @param factory The name that the error message begins with.
 * @throws TypeError naming the invalid option, the value received and what is expected.
 *
 * @example
 * ```ts
 * import { readLimits } from '@tsgi/core/options'
 *
 * const bounds = { maxParts: { default: 8, min: 1, max: 64, unit: 'parts' } }
 * readLimits('upload', {}, bounds) // => { maxParts: 8 }
 * readLimits('upload', { maxParts: 3 }, bounds) // => { maxParts: 3 }
 * ```
 */
export function readLimits<Name extends string>(
  factory: string,
  options: { readonly [option in NoInfer<Name>]?: unknown },
  bounds: Readonly<Record<Name, Bounds>>,
): Record<Name, number> {
  const limits = {} as Record<Name, number>
  for (const option of Object.keys(bounds) as Name[]) {
    limits[option] = readLimit(factory, option, options[option], bounds[option])
  }
  return limits
}

function readLimit(factory: string, option: string, value: unknown, bounds: Bounds): number {
  const { min, max, unit } = bounds
  if (value === undefined) return bounds.default
  const limit = unit === 'milliseconds' ? parseDuration(value) : unit === 'bytes' ? parseSize(value) : value
  if (
    typeof limit === 'number' &&
    (Number.isInteger(limit) || limit === max) &&
    limit >= min &&
    limit <= max
  ) {
    return limit
  }
  const expected = {
    milliseconds: `a duration from ${min} to ${max} ms, as a number of milliseconds or text such as '500ms', '30s' or '15m'`,
    bytes: `a size from ${min} to ${max} bytes, as a number of bytes or text such as '64KiB' or '16MiB'`,
  }[unit]
  throw new TypeError(
    `${factory}: ${option} must be ${expected ?? `a whole number of ${unit} from ${min} to ${max}`}, got ${describe(value)}`,
  )
}

/** The limits that {@link readLimits} returns for options of type `T`: durations as milliseconds. */
export type Limits<T> = Readonly<Record<keyof T, number>>
