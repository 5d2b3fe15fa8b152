import type { Environ } from '../contract/environ.ts'
import { describe } from '../options/describe.ts'

/** Reports what was thrown, as an `Error` in every case. Never throws, whatever was thrown and whatever the log does. */
export function report(thrown: unknown, environ: Environ): void {
  const problem = isError(thrown)
    ? thrown
    : new TypeError(`The application threw ${describe(thrown)}, not an Error`, { cause: thrown })
  try {
    environ.errors.write(problem)
  } catch (failure) {
    reportFailure(failure, problem)
  }
}

/** Reports a problem on the console, because the log failed. Never throws. */
export function reportFailure(failure: unknown, problem: unknown): void {
  try {
    console.error(failure, problem)
  } catch {
    console.error('A problem could not be reported, because reading it throws.')
  }
}

/** Whether a value is an `Error`. A revoked proxy, which throws when it is asked, is not. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}
