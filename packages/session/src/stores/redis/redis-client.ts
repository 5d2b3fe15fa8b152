import { describe } from '@tsgi/core/options'

/** The methods that `redisStore` needs from the package `redis`: a client, a cluster, a sentinel or a pool. */
export interface NodeRedisClient {
  get(key: string): Promise<unknown>
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** The methods that `redisStore` needs from `ioredis` or `iovalkey`: a client or a cluster. */
export interface IoRedisClient {
  get(key: string): Promise<unknown>
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** The methods that `redisStore` needs from `@valkey/valkey-glide`: a client or a cluster client. */
export interface GlideClient {
  get(key: string): Promise<unknown>
  customCommand(commandAndArguments: string[]): Promise<unknown>
}

/**
 * A connected client of `redis`, `ioredis`, `iovalkey` or `@valkey/valkey-glide`, recognized by its methods.
 *
 * @example
 * ```ts no-run
 * import { type RedisClient, redisStore } from '@tsgi/session/redis'
 * import { Redis } from 'ioredis'
 *
 * const client: RedisClient = new Redis('redis://10.0.0.5:6379')
 * const store = redisStore({ client })
 * ```
 */
export type RedisClient = NodeRedisClient | IoRedisClient | GlideClient

/** The commands that the store uses, the same for every client. */
export interface RedisCommands {
  get(key: string): Promise<unknown>
  evalSha(sha1: string, key: string, args: readonly string[]): Promise<unknown>
  eval(script: string, key: string, args: readonly string[]): Promise<unknown>
}

/** @throws TypeError if the client lacks a method. */
export function commandsOf(client: RedisClient): RedisCommands {
  if (has(client, 'get', 'evalSha', 'eval')) {
    const redis = client as NodeRedisClient
    return {
      get: (key) => redis.get(key),
      evalSha: (sha1, key, args) => redis.evalSha(sha1, { keys: [key], arguments: [...args] }),
      eval: (script, key, args) => redis.eval(script, { keys: [key], arguments: [...args] }),
    }
  }
  if (has(client, 'get', 'evalsha', 'eval')) {
    const redis = client as IoRedisClient
    return {
      get: (key) => redis.get(key),
      evalSha: (sha1, key, args) => redis.evalsha(sha1, 1, key, ...args),
      eval: (script, key, args) => redis.eval(script, 1, key, ...args),
    }
  }
  if (has(client, 'get', 'customCommand')) {
    const glide = client as GlideClient
    return {
      get: (key) => glide.get(key),
      evalSha: (sha1, key, args) => glide.customCommand(['EVALSHA', sha1, '1', key, ...args]),
      eval: (script, key, args) => glide.customCommand(['EVAL', script, '1', key, ...args]),
    }
  }
  throw new TypeError(
    `redisStore: client must be a client of redis, ioredis, iovalkey or @valkey/valkey-glide, got ${describe(client)}`,
  )
}

function has(client: unknown, ...methods: readonly string[]): boolean {
  return (
    typeof client === 'object' &&
    client !== null &&
    methods.every((method) => typeof (client as Record<string, unknown>)[method] === 'function')
  )
}
