import type { Observer } from '@tsgi/server/process'

/** When a worker has served enough; what is absent is no bound. */
export interface RecyclingLimits {
  readonly maxRequests?: number
  /** Bytes of memory that the process has in use. */
  readonly maxRss?: number
  /** Milliseconds. */
  readonly maxLifetime?: number
}

/**
 * Says once, to `onEnough`, that a worker has reached one of its limits. Requests and time are a tenth longer at most,
 * at random, so that workers that began together do not end together.
 */
export function recycling(limits: RecyclingLimits, onEnough: (reason: string) => void): Observer {
  const maxRequests = jittered(limits.maxRequests ?? Number.POSITIVE_INFINITY)
  let requests = 0
  let said = false
  const enough = (reason: string) => {
    if (said) return
    said = true
    clearInterval(sampler)
    clearTimeout(end)
    onEnough(reason)
  }
  const { maxRss, maxLifetime } = limits
  const sampler = maxRss === undefined ? undefined : setInterval(sample, SAMPLE_MS, maxRss, enough).unref()
  const end =
    maxLifetime === undefined
      ? undefined
      : setTimeout(
          () => enough('it has served for its lifetime'),
          Math.min(jittered(maxLifetime), MAX_DELAY),
        ).unref()
  return {
    began() {
      if (++requests >= maxRequests) enough(`it has served ${requests} requests`)
    },
    ended() {},
  }
}

/** How often the memory in use is looked at. */
const SAMPLE_MS = 1_000

/** The longest delay that a timer takes. */
const MAX_DELAY = 2 ** 31 - 1

function sample(maxRss: number, enough: (reason: string) => void): void {
  const rss = process.memoryUsage.rss()
  if (rss > maxRss) enough(`it has ${Math.ceil(rss / MIB)} MiB of memory in use`)
}

const MIB = 1024 * 1024

function jittered(value: number): number {
  return Math.ceil(value * (1 + Math.random() / 10))
}
