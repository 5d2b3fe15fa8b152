import type { RunningContender } from './contender.ts'
import { type LoadRequest, load } from './load.ts'
import type { Measured } from './side-by-side.ts'

export interface MeasuredLoad {
  perSecond: Measured
  /** CPU time of the server per request. */
  cpu: Measured
  /** Highest resident set size of the server so far. */
  peakMemory: Measured
  requests: number
  errors: number
}

/** Puts load on a contender, and measures how many requests it handles and what they cost it. */
export async function measuredLoad(
  { port, usage }: RunningContender,
  requests: readonly LoadRequest[],
  { seconds, connections }: { seconds: number; connections?: number },
): Promise<MeasuredLoad> {
  const before = await usage()
  const result = await load({ port, requests, seconds, ...(connections && { connections }) })
  const after = await usage()
  return {
    perSecond: { unit: 'requests/s', better: 'higher', value: result.requestsPerSecond },
    cpu: { unit: 'µs', better: 'lower', value: (after.cpu - before.cpu) / result.requests },
    peakMemory: { unit: 'MB', better: 'lower', value: after.peakMemory / 1e6 },
    requests: result.requests,
    errors: result.errors,
  }
}
