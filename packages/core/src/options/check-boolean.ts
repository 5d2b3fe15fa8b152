import { describe } from './describe.ts'

/**
 * Rejects a value that is neither `true` nor `false`.
 *
 * @param option The name that the error message begins with.
 * @throws TypeError naming the option and the value received.
 *
 * @example
 * ```ts
 * import { checkBoolean } from '@tsgi/core/options'
 *
 * try {
 *   checkBoolean('cors: credentials', 'yes')
 * } catch (error) {
 *   String(error) // => 'TypeError: cors: credentials must be true or false, got "yes"'
 * }
 * ```
 */
export function checkBoolean(option: string, value: unknown): asserts value is boolean {
  if (typeof value === 'boolean') return
  throw new TypeError(`${option} must be true or false, got ${describe(value)}`)
}
