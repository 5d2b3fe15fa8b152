/**
 * Handles the rejection of a value that is a promise, although no promise is expected: an error about the value is reported
 * instead. A rejection that nobody handles ends the process.
 */
export function ignoreRejection(value: unknown): void {
  try {
    if (value instanceof Promise) then.call(value, undefined, () => {})
  } catch {
    // A revoked proxy, or a promise whose constructor throws.
  }
}

const { then } = Promise.prototype
