import { describe } from '@tsgi/core/options'

/** The members of a connection that every client has. */
interface RedisConnection {
  on(event: 'ready' | 'error', listener: (problem?: unknown) => void): unknown
  /** Whether a client of `redis` is connected. */
  readonly isReady?: boolean
  /** Whether a client of `ioredis` is connected: `'ready'`. */
  readonly status?: string
}

/** The connection that publishes: a client or a cluster of `redis`, `ioredis` or `iovalkey`. */
export interface RedisPublisher extends RedisConnection {
  publish(channel: string, message: string): Promise<unknown>
}

/** The connection that subscribes, if it is a client or a cluster of `redis`. */
export interface NodeRedisClient extends RedisConnection {
  pSubscribe: unknown
  subscribe(channel: string, listener: (message: string, channel: string) => void): Promise<unknown>
  unsubscribe(channel: string, listener: (message: string, channel: string) => void): Promise<unknown>
}

/** The connection that subscribes, if it is a client or a cluster of `ioredis` or `iovalkey`. */
export interface IoRedisClient extends RedisConnection {
  psubscribe: unknown
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  on(event: 'ready' | 'error', listener: (problem?: unknown) => void): unknown
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
}

/** The connection that subscribes, which can run no other commands: `publisher.duplicate()`. */
export type RedisSubscriber = NodeRedisClient | IoRedisClient

/** The commands of a {@link RedisSubscriber}, the same for every client. */
export interface SubscribeCommands {
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
}

/** @throws TypeError if it is not a client. */
export function checkPublisher(publisher: RedisPublisher): void {
  if (has(publisher, 'publish', 'on')) return
  throw new TypeError(
    `redis: publisher must be a client of redis, ioredis or iovalkey, got ${describe(publisher)}`,
  )
}

/**
 * Passes all messages of the connection to `receive`.
 *
 * @throws TypeError if it is not a client.
 */
export function subscribeCommands(
  subscriber: RedisSubscriber,
  receive: (channel: string, message: string) => void,
): SubscribeCommands {
  if (has(subscriber, 'pSubscribe', 'subscribe', 'unsubscribe', 'on')) {
    const redis = subscriber as NodeRedisClient
    const listener = (message: string, channel: string) => receive(channel, message)
    return {
      subscribe: (channel) => redis.subscribe(channel, listener),
      unsubscribe: (channel) => redis.unsubscribe(channel, listener),
    }
  }
  if (has(subscriber, 'psubscribe', 'subscribe', 'unsubscribe', 'on')) {
    const redis = subscriber as IoRedisClient
    redis.on('message', receive)
    return {
      subscribe: (channel) => redis.subscribe(channel),
      unsubscribe: (channel) => redis.unsubscribe(channel),
    }
  }
  throw new TypeError(
    `redis: subscriber must be a client of redis, ioredis or iovalkey, got ${describe(subscriber)}`,
  )
}

/** Returns whether a client is connected. Clusters of `redis` do not tell. */
export function isConnected({ isReady, status }: RedisConnection): boolean {
  return isReady !== false && (status === undefined || status === 'ready')
}

function has(client: unknown, ...methods: readonly string[]): boolean {
  const members = Object(client) as Record<string, unknown>
  return methods.every((method) => typeof members[method] === 'function')
}
