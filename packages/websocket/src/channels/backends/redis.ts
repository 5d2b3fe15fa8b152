import { checkOptions, type Duration, describe, duration, readLimits } from '@tsgi/core/options'
import type { BackendEvents, ChannelBackend } from './backend.ts'
import {
  checkPublisher,
  isConnected,
  type RedisPublisher,
  type RedisSubscriber,
  subscribeCommands,
} from './redis-client.ts'
import { RedisSubscriptions } from './redis-subscriptions.ts'

export type { IoRedisClient, NodeRedisClient, RedisPublisher, RedisSubscriber } from './redis-client.ts'

/** The options of {@link redis}. */
export interface RedisOptions {
  /** The beginning of the names of all channels in Redis. Default: `'channels:'`. */
  readonly prefix?: string
  /** Maximum time to wait for Redis, after which it counts as unreachable. Default: `'1s'`. */
  readonly timeout?: Duration
}

const bounds = { timeout: duration('1s', 1) }

/** The size of the messages that may wait for Redis to confirm them. */
const MAX_PENDING = 16 * 1024 * 1024
/** The memory that a waiting message takes in addition to its text. */
const OVERHEAD = 512

/** The id of a process, in front of each message. */
const SENDER = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12} /

/**
 * Carries messages between processes and machines with the publish and subscribe commands of Redis or Valkey. Each process
 * needs two connections, because one that subscribes can do nothing else.
 *
 * While Redis cannot be reached, messages are delivered inside the process only, and `publish` resolves with `false`. The
 * channels are subscribed again when the client has reconnected.
 *
 * Other programs can publish, too: `redis-cli publish channels:news 'It rains'`.
 *
 * @throws TypeError if a client is not one, both are the same, or an option is unknown or invalid.
 *
 * @example
 * ```ts no-run
 * import { channels, redis } from '@tsgi/websocket/channels'
 * import { createClient } from 'redis'
 *
 * const publisher = createClient({ url: 'redis://10.0.0.5:6379' })
 * const subscriber = publisher.duplicate()
 * await Promise.all([publisher.connect(), subscriber.connect()])
 * const live = channels(redis(publisher, subscriber))
 * ```
 */
export function redis(
  publisher: RedisPublisher,
  subscriber: RedisSubscriber,
  options: RedisOptions = {},
): ChannelBackend {
  checkPublisher(publisher)
  if ((publisher as unknown) === subscriber) {
    throw new TypeError('redis: subscriber must be another connection than publisher: publisher.duplicate()')
  }
  checkOptions('redis', options, ['prefix', ...Object.keys(bounds)])
  const { prefix = 'channels:' } = options
  if (typeof prefix !== 'string') throw new TypeError(`redis: prefix must be text, got ${describe(prefix)}`)
  const { timeout } = readLimits('redis', options, bounds)
  const id = crypto.randomUUID()
  let events: BackendEvents | undefined
  let pending = 0

  const commands = subscribeCommands(subscriber, (channel, message) => {
    if (!channel.startsWith(prefix) || message.startsWith(id)) return
    events?.receive(channel.slice(prefix.length), message.replace(SENDER, ''))
  })
  const report = (problem: unknown) => events?.report(problem)
  const subscriptions = new RedisSubscriptions(subscriber, commands, report)
  // An error that nobody listens to ends the process.
  publisher.on('error', report)
  subscriber.on('error', report)

  return {
    connect(given) {
      events = given
    },
    async publish(channel, data) {
      if (!isConnected(publisher)) throw new Error('the publisher is not connected to Redis')
      const size = channel.length + data.length + OVERHEAD
      if (pending + size > MAX_PENDING) throw new Error('too many messages wait for Redis')
      pending += size
      const sent = publisher.publish(prefix + channel, `${id} ${data}`).finally(() => {
        pending -= size
      })
      await inTime(sent, timeout)
      return true
    },
    subscribe: (channel) => inTime(subscriptions.add(prefix + channel), timeout),
    unsubscribe: (channel) => subscriptions.remove(prefix + channel),
  }
}

/** Rejects if a promise takes too long. */
async function inTime<T>(promise: Promise<T>, timeout: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`no response from Redis within ${timeout} ms`)),
    timeout,
  )
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
