/**
 * Messages between the connections of an application: `@tsgi/websocket/channels`.
 */
export type { BackendEvents, ChannelBackend } from './channels/backends/backend.ts'
export { local } from './channels/backends/local.ts'
export {
  type IoRedisClient,
  type NodeRedisClient,
  type RedisOptions,
  type RedisPublisher,
  type RedisSubscriber,
  redis,
} from './channels/backends/redis.ts'
export { workers } from './channels/backends/workers.ts'
export type { Channels, SubscribeOptions } from './channels/hub.ts'
export { type ChannelsMiddleware, type ChannelsOptions, channels } from './channels/middleware.ts'
export type { Subscription } from './channels/subscription.ts'
