import type { RateLimiterRes, RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import type { Consumption, RateLimitStore } from './store.ts'

/** Converts a limiter of rate-limiter-flexible to a store. */
export function flexibleStore(limiter: () => Promise<RateLimiterStoreAbstract>): RateLimitStore {
  return {
    async consume(key, points) {
      const made = await limiter()
      // It rejects with the same kind of result if the points are exceeded, and with an error if it fails.
      return consumptionOf(await made.consume(key, points).catch(thrownResult))
    },
    async reset(key) {
      await (await limiter()).delete(key)
    },
  }
}

function thrownResult(reason: unknown): RateLimiterRes {
  if (reason instanceof Error) throw reason
  if (typeof (reason as RateLimiterRes | undefined)?.consumedPoints === 'number')
    return reason as RateLimiterRes
  throw new Error('The store of the rate limit failed', { cause: reason })
}

function consumptionOf({ consumedPoints, msBeforeNext }: RateLimiterRes): Consumption {
  return { consumed: consumedPoints, resetIn: msBeforeNext }
}
