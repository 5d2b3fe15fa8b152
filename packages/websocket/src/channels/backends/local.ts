import type { ChannelBackend } from './backend.ts'

const YES = Promise.resolve(true)

/**
 * Keeps messages inside the process.
 *
 * @example
 * ```ts
 * import { channels, local } from '@tsgi/websocket/channels'
 *
 * const live = channels(local())
 * using news = live.channels.subscribe('news')
 * await live.channels.publish('news', 'It rains') // => true
 * const { value } = await news[Symbol.asyncIterator]().next()
 * value // => 'It rains'
 * ```
 */
export function local(): ChannelBackend {
  return { connect() {}, publish: () => YES, subscribe: () => YES, unsubscribe() {} }
}
