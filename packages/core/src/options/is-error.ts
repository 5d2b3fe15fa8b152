/** Reports whether a value is an `Error`. A revoked proxy, which throws when it is read, is not. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}
