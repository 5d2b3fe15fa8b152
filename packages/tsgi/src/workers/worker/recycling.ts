import type { Observer } from '@tsgi/core/gateway'
import { memoryInUse } from '../../statistics/memory.ts'

/** The limits after which a worker is restarted. */
export interface RecyclingLimits {
  readonly maxRequests?: number
  /** Bytes. */
  readonly maxRss?: number
  /** Milliseconds. */
  readonly maxLifetime?: number
}

/**
 * Calls `onEnough` once, when the worker reaches one of its limits. The limits for requests and time are raised by up
 * to 10 % at random, so that workers that started together do not restart together.
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
          () => enough('it has reached its maximum lifetime'),
          Math.min(jittered(maxLifetime), MAX_DELAY),
        ).unref()
  return {
    began() {
      if (++requests >= maxRequests) enough(`it has served ${requests} requests`)
    },
  }
}

/** Milliseconds between memory checks. */
const SAMPLE_MS = 1_000

/** The longest delay that a timer accepts. */
const MAX_DELAY = 2 ** 31 - 1

function sample(maxRss: number, enough: (reason: string) => void): void {
  const rss = memoryInUse()
  if (rss > maxRss) enough(`it uses ${Math.ceil(rss / MIB)} MiB of memory`)
}

const MIB = 1024 * 1024

function jittered(value: number): number {
  return Math.ceil(value * (1 + Math.random() / 10))
}
