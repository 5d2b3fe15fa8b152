import { describe } from '@tsgi/core/options'

/**
 * Rejects an invalid option.
 *
 * @param option The name that the error message begins with, such as `staticFiles: index`.
 * @throws TypeError naming the option, the value received and what is expected.
 */
export function checkOption(option: string, expected: string, value: unknown, isValid: boolean): void {
  if (!isValid) throw new TypeError(`${option} must be ${expected}, got ${describe(value)}`)
}

/** Reports whether a value can be a header with one value, such as `Cache-Control` (RFC 9110 §5.5). */
export function isFieldValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)
}
