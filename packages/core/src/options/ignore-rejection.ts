/**
 * Handles the rejection of a value that is a promise, although no promise is expected, for example of a callback. A
 * rejection that nobody handles ends the process.
 *
 * @example
 * ```ts
 * import { ignoreRejection } from '@tsgi/core/options'
 *
 * const ignore = (): unknown => Promise.reject(new Error('lost'))
 * ignoreRejection(ignore()) // => undefined
 * ```
 */
export function ignoreRejection(value: unknown): void {
  try {
    if (value instanceof Promise) then.call(value, undefined, () => {})
  } catch {
    // A revoked proxy, or a promise whose constructor throws.
  }
}

const { then } = Promise.prototype
