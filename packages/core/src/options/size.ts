/** A size: bytes as a number, or text with a unit, such as `'64KiB'`, `'512MiB'` or `'1GiB'`. */
export type Size = number | `${number}${'B' | 'KiB' | 'MiB' | 'GiB'}`

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/**
 * Converts a size to bytes, rounded to a whole number. Text without a unit is in bytes. Returns `undefined` if the value
 * is not a size.
 *
 * @example
 * ```ts
 * import { parseSize } from '@tsgi/core/options'
 *
 * parseSize('1.5MiB') // => 1_572_864
 * parseSize(250) // => 250
 * parseSize('1 MB') // => undefined
 * ```
 */
export function parseSize(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value
  const [, count, unit = ''] =
    (typeof value === 'string' && /^(\d{1,15}(?:\.\d{1,3})?)(B|[KMG]iB)?$/.exec(value)) || []
  return count === undefined ? undefined : Math.round(Number(count) * UNITS[unit]!)
}
