import type { ErrorLog } from '@tsgi/core'

const MINUTE_MS = 60_000

/** Reports a problem and its cause. */
export type Report = (problem: string, cause: unknown) => void

/** Returns a function that reports a problem, at most once a minute. */
export function reportSeldom(errors: ErrorLog): Report {
  let last = Number.NEGATIVE_INFINITY
  let unreported = 0
  return (problem, cause) => {
    const now = performance.now()
    if (now - last < MINUTE_MS) {
      unreported++
      return
    }
    last = now
    const more = unreported === 0 ? '' : ` (and ${unreported} more problems since the last report)`
    unreported = 0
    try {
      const returned: unknown = errors.write(new Error(`channels: ${problem}${more}`, { cause }))
      if (returned instanceof Promise) returned.catch(() => {})
    } catch {
      // A failing log must not fail the publisher.
    }
  }
}
