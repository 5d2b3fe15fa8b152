import { checkOptions, describe } from '@tsgi/core/options'
import { parseRecord, recordText } from './record-text.ts'
import { type CacheRedisClient, commandsOf } from './redis-client.ts'
import type { ResponseCacheStore } from './store.ts'

/** The options of {@link redisCache}. */
export interface RedisCacheOptions {
  /** A connected client. The store neither connects nor closes it. */
  readonly client: CacheRedisClient
  /** The beginning of every key. Default: `'cache:'`. */
  readonly prefix?: string | undefined
}

/**
 * Stores responses in Redis or Valkey, for all processes and machines together. Redis removes them when they are useless.
 * Limit the memory with `maxmemory` and the policy `allkeys-lru`.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts no-run
 * import { redisCache, responseCache } from '@tsgi/toolbox'
 * import { createClient } from 'redis'
 *
 * const client = createClient({ url: 'redis://10.0.0.5:6379', disableOfflineQueue: true })
 * client.on('error', (error) => console.error(error))
 * await client.connect()
 *
 * const cache = responseCache({ store: redisCache({ client }) })
 * ```
 */
export function redisCache(options: RedisCacheOptions): ResponseCacheStore {
  checkOptions('redisCache', options, ['client', 'prefix'])
  const { client, prefix = 'cache:' } = options
  const commands = commandsOf(client)
  if (typeof prefix !== 'string') {
    throw new TypeError(`redisCache: prefix must be text, got ${describe(prefix)}`)
  }

  return {
    async get(key) {
      const stored = await commands.get(prefix + (await digest(key)))
      return stored === null || stored === undefined ? undefined : parseRecord(String(stored))
    },
    async set(key, record, lifetime) {
      await commands.set(prefix + (await digest(key)), recordText(record), Math.ceil(lifetime))
    },
    async delete(key) {
      await commands.del(prefix + (await digest(key)))
    },
  }
}

/** Keys contain URLs and request headers, such as cookies: of any length, and nothing that should be readable in Redis. */
async function digest(key: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
