import { describe } from '@tsgi/core/options'

/** A connected client or cluster of `redis`, or of `ioredis` or `iovalkey`, recognized by its methods. */
export type CacheRedisClient = NodeRedisClient | IoRedisClient

interface NodeRedisClient {
  get(key: string): Promise<unknown>
  set(key: string, value: string, options: { PX: number }): Promise<unknown>
  del(key: string): Promise<unknown>
}

interface IoRedisClient {
  get(key: string): Promise<unknown>
  set(key: string, value: string, unit: 'PX', milliseconds: number): Promise<unknown>
  del(key: string): Promise<unknown>
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void
}

/** The commands that the store uses, the same for every client. */
export interface RedisCommands {
  get(key: string): Promise<unknown>
  set(key: string, value: string, milliseconds: number): Promise<unknown>
  del(key: string): Promise<unknown>
}

/** @throws TypeError if the client lacks a method. */
export function commandsOf(client: CacheRedisClient): RedisCommands {
  const methods = Object(client) as Record<string, unknown>
  for (const name of ['get', 'set', 'del']) {
    if (typeof methods[name] === 'function') continue
    throw new TypeError(
      `redisCache: client must be a client of redis, ioredis or iovalkey, got ${describe(client)}`,
    )
  }
  const isIoRedis = typeof methods.defineCommand === 'function'
  return {
    get: (key) => client.get(key),
    set: isIoRedis
      ? (key, value, milliseconds) => (client as IoRedisClient).set(key, value, 'PX', milliseconds)
      : (key, value, PX) => (client as NodeRedisClient).set(key, value, { PX }),
    del: (key) => client.del(key),
  }
}
