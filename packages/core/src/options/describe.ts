import { ignoreRejection } from './ignore-rejection.ts'

/**
 * Describes a value for an error message: text quoted and cut off after 80 characters, objects by their class. Do not
 * pass secrets to it. If the value is a promise, its rejection counts as handled.
 *
 * @example
 * ```ts
 * import { describe } from '@tsgi/core/options'
 *
 * describe('30 s') // => '"30 s"'
 * describe(new Map()) // => 'an instance of Map'
 * ```
 */
export function describe(value: unknown): string {
  ignoreRejection(value)
  try {
    return described(value)
  } catch {
    return 'an object that throws when it is read'
  }
}

function described(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > 80 ? `${JSON.stringify(value.slice(0, 80))}…` : JSON.stringify(value)
  }
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) {
    // A generator has a constructor, which has no name.
    return `an instance of ${value.constructor?.name || 'no class'}`
  }
  return typeof value === 'function' ? 'a function' : String(value)
}
