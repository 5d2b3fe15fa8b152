/**
 * Counts in Redis or Valkey, for all processes and machines together.
 */
import { checkOptions, describe } from '@tsgi/core/options'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { flexibleStore } from './flexible-store.ts'
import type { RateLimitStoreFactory } from './store.ts'

/** A client or cluster of `redis`, or of `ioredis` or `iovalkey`, recognized by its methods. */
export type RedisClient =
  | { eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown> }
  | { defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void }

/** The options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** A connected client. */
  readonly client: RedisClient
  /** The beginning of every key. Default: `rate-limit:`. */
  readonly prefix?: string
}

/**
 * Counts in Redis, in one round trip per request. The key of a client expires with its window.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts no-run
 * import { rateLimit } from '@tsgi/rate-limit'
 * import { redisStore } from '@tsgi/rate-limit/redis'
 * import { createClient } from 'redis'
 *
 * const client = createClient({ url: 'redis://10.0.0.5:6379' })
 * await client.connect()
 * const limit = rateLimit({ points: 100, window: '1m', store: redisStore({ client }) })
 * ```
 */
export function redisStore(options: RedisStoreOptions): RateLimitStoreFactory {
  checkOptions('redisStore', options, ['client', 'prefix'])
  const { client, prefix = 'rate-limit:' } = options
  const methods = Object(client) as { eval?: unknown; defineCommand?: unknown }
  const isIoRedis = typeof methods.defineCommand === 'function'
  if (!isIoRedis && typeof methods.eval !== 'function') {
    throw new TypeError(
      `redisStore: client must be a client of redis, ioredis or iovalkey, got ${describe(client)}`,
    )
  }
  if (typeof prefix !== 'string') {
    throw new TypeError(`redisStore: prefix must be text, got ${describe(prefix)}`)
  }
  return ({ name, points, window }) => {
    const makeStore = (rejectIfRedisNotReady: boolean) => {
      const limiter = new RateLimiterRedis({
        storeClient: client,
        useRedisPackage: !isIoRedis,
        rejectIfRedisNotReady,
        keyPrefix: `${prefix}${name}`,
        points,
        duration: window / 1000,
      })
      return flexibleStore(() => Promise.resolve(limiter))
    }
    // The first requests wait for the connection. Later, during an outage, requests must not fill the client's queue.
    const connecting = makeStore(false)
    const connected = makeStore(true)
    let store = connecting
    return {
      async consume(key, consumed) {
        const state = await store.consume(key, consumed)
        store = connected
        return state
      },
      reset: (key) => store.reset(key),
    }
  }
}
