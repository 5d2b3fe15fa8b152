import { describe } from './describe.ts'

/**
 * Returns the message of a thrown value, for another error's message or a log line. Never throws, whatever was thrown:
 * nothing, an object without a prototype, or a proxy that has been revoked.
 *
 * @example
 * ```ts
 * import { messageOf } from '@tsgi/core/options'
 *
 * messageOf(new RangeError('too far')) // => 'too far'
 * messageOf('too far') // => 'too far'
 * messageOf(undefined) // => 'undefined'
 * messageOf(Object.create(null)) // => 'an instance of no class'
 * ```
 */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return `${thrown.message}`
  } catch {
    return describe(thrown)
  }
  return typeof thrown === 'string' ? thrown : describe(thrown)
}
