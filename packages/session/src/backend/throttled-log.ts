import type { ErrorLog } from '@tsgi/core'

/** At most one line is written in this period, in milliseconds. */
const INTERVAL = 1000

/** After this time without a line, the next error is written with its stack and cause again, in milliseconds. */
const QUIET = 60_000

/** Reports the first problem in full, and then at most one line per second, with the number of suppressed lines. */
export class ThrottledLog {
  #lastLine = Number.NEGATIVE_INFINITY
  #leftOut = 0

  write(errors: ErrorLog, problem: Error | string): void {
    const elapsed = performance.now() - this.#lastLine
    if (elapsed < INTERVAL) {
      this.#leftOut++
      return
    }
    const message = problem instanceof Error ? problem.message : problem
    const line = this.#leftOut === 0 ? message : `${message} (and ${this.#leftOut} more)`
    errors.write(elapsed > QUIET ? problem : line)
    this.#lastLine = performance.now()
    this.#leftOut = 0
  }
}
