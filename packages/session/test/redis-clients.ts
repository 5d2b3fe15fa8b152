import { GlideClient, Logger } from '@valkey/valkey-glide'
import { Redis } from 'ioredis'
import { Redis as Iovalkey } from 'iovalkey'
import { createClient, createClientPool } from 'redis'
import { onTestFinished } from 'vitest'
import type { RedisServer } from '../../../scripts/redis-server.ts'
import type { RedisClient } from '../src/stores/redis/redis.ts'

/** A client of the package `redis` that fails immediately while Redis is down and reconnects quickly. */
function createNodeRedis(path: string) {
  return createClient({
    socket: { path, tls: false, reconnectStrategy: 10 },
    disableOfflineQueue: true,
  }).on('error', () => {})
}

export type NodeRedis = ReturnType<typeof createNodeRedis>

/** Returns a connected client of the package `redis`, which is closed when the current test finishes. */
export async function nodeRedis(path: string): Promise<NodeRedis> {
  const client = createNodeRedis(path)
  await client.connect()
  onTestFinished(() => client.destroy())
  return client
}

/** Connects a client of every supported package. Each is closed when the current test finishes. */
export const redisClients: readonly (readonly [
  name: string,
  connect: (server: RedisServer) => Promise<RedisClient>,
])[] = [
  ['redis', ({ path }) => nodeRedis(path)],
  [
    'redis (pool)',
    async ({ path }) => {
      const pool = createClientPool({ socket: { path, tls: false } }).on('error', () => {})
      await pool.connect()
      onTestFinished(() => pool.destroy())
      return pool
    },
  ],
  [
    'ioredis',
    async ({ path }) => {
      const client = new Redis(path)
      onTestFinished(() => client.disconnect())
      return client
    },
  ],
  [
    'iovalkey',
    async ({ path }) => {
      const client = new Iovalkey(path, { stringNumbers: true })
      onTestFinished(() => client.disconnect())
      return client
    },
  ],
  [
    '@valkey/valkey-glide',
    async ({ port }) => {
      Logger.init('off')
      const client = await GlideClient.createClient({ addresses: [{ host: '127.0.0.1', port }] })
      onTestFinished(() => client.close())
      return client
    },
  ],
]
