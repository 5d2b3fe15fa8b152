import type { Environ } from '../contract/environ.ts'
import { describe } from '../options/describe.ts'
import { isError } from '../options/is-error.ts'
import { shortenReport } from '../options/shorten-report.ts'
import { HttpError } from './http-error.ts'

/** The members of an environ that a report needs. */
type Reporter = Pick<Environ, 'errors' | 'signal'>

/**
 * Reports a thrown value, always as an `Error`, unless it only says that the request was aborted. Never throws, even if the
 * value is hostile or the log fails.
 */
export function report(thrown: unknown, environ: Reporter): void {
  if (isAbort(thrown, environ)) return
  const problem = isError(thrown)
    ? thrown
    : new TypeError(`The application threw ${describe(thrown)}, not an Error`, { cause: thrown })
  try {
    environ.errors.write(problem)
  } catch (failure) {
    reportFailure(failure, problem)
  }
}

/** Reports why the body of a response has failed, or could not be cancelled. Never throws. */
export function reportBody(thrown: unknown, environ: Reporter): void {
  try {
    // Such as the body of a request that was cut off, on its way to the response.
    if (thrown instanceof HttpError && !thrown.report) return
  } catch {
    // A revoked proxy, or an HttpError whose members throw.
  }
  report(thrown, environ)
}

/** Whether an operation has failed because it was given `environ.signal`, which has aborted. */
function isAbort(thrown: unknown, environ: Reporter): boolean {
  try {
    const { signal } = environ
    return signal.aborted && (thrown === signal.reason || (thrown as Error).name === 'AbortError')
  } catch {
    return false
  }
}

/** Reports a problem on the console, because the log failed. Never throws. */
export function reportFailure(failure: unknown, problem: unknown): void {
  try {
    console.error(shortenReport(failure), shortenReport(problem))
  } catch {
    console.error('A problem could not be reported, because reading it throws.')
  }
}
