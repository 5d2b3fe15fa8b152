import { describe, shortenReport } from '@tsgi/core/options'

const MAX_CAUSES = 4
/** Maximum number of characters. */
const MAX_TEXT = 16 * 1024

/**
 * Returns the stack of an error and of its causes. Other members are left out, because they may contain secrets, such as
 * the header fields of a request. Never throws.
 */
export function errorText(problem: unknown): string {
  try {
    return textOf(shortenReport(problem), MAX_CAUSES).slice(0, MAX_TEXT)
  } catch {
    return describe(problem)
  }
}

function textOf(problem: unknown, causes: number): string {
  if (typeof problem === 'string') return problem
  if (!isError(problem)) return describe(problem)
  const { stack, name, message, cause } = problem
  const text = typeof stack === 'string' ? stack : `${name}: ${message}`
  return cause === undefined || causes === 0 ? text : `${text}\nCaused by: ${textOf(cause, causes - 1)}`
}

/** Whether a value is an error. A proxy that has been revoked, which throws when it is read, is not. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}
