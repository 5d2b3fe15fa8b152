import type { ErrorLog } from '@tsgi/core'

const MINUTE_MS = 60_000

/** Returns a function that reports a problem, at most once a minute. */
export function reportSeldom(errors: ErrorLog): (problem: unknown) => void {
  let last = Number.NEGATIVE_INFINITY
  let unreported = 0
  return (problem) => {
    const now = performance.now()
    if (now - last < MINUTE_MS) {
      unreported++
      return
    }
    last = now
    const more = unreported === 0 ? '' : ` (and ${unreported} more problems since the last report)`
    unreported = 0
    try {
      const returned: unknown = errors.write(
        new Error(`channels: messages may not reach other processes${more}`, { cause: problem }),
      )
      if (returned instanceof Promise) returned.catch(() => {})
    } catch {
      // A failing log must not fail the publisher.
    }
  }
}
