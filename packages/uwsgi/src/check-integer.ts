/** The longest delay that a timer takes, in milliseconds. */
export const MAX_DELAY: number = 2 ** 31 - 1

/** @throws TypeError naming the option, where it is not a whole number within the bounds. */
export function checkInteger(
  factory: string,
  option: string,
  value: unknown,
  least: number,
  most: number,
  unit: string,
): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return
  throw new TypeError(
    `${factory}: ${option} must be a whole number of ${unit} from ${least} to ${most}, got ${String(value)}`,
  )
}
