import { type Application, type ErrorLog, extend, type Middleware } from '@tsgi/core'
import { consoleErrors } from '@tsgi/core/gateway'
import { checkOptions, describe, readLimits, type Size } from '@tsgi/core/options'
import type { ChannelBackend } from './backends/backend.ts'
import { workers } from './backends/workers.ts'
import { type Channels, Hub } from './hub.ts'
import { reportSeldom } from './report.ts'

/** The options of {@link channels}. */
export interface ChannelsOptions {
  /** Maximum size of the messages that wait for the loop of one subscription, in characters. Default: 1 MiB. */
  readonly maxBuffered?: Size
  /** The log for problems with the broker, which are reported once a minute. Default: standard error. */
  readonly errors?: ErrorLog
}

/** The middleware that {@link channels} returns. */
export interface ChannelsMiddleware extends Middleware<{ channels: Channels }> {
  /** The channels, for code outside of requests, such as jobs. */
  readonly channels: Channels
}

const bounds = { maxBuffered: { default: 1024 * 1024, min: 1, max: 2 ** 31 - 1, unit: 'bytes' } } as const

/** One hub for each backend, because a backend has one receiver. */
const hubs = new WeakMap<ChannelBackend, Hub>()

/**
 * Adds `channels` to the environ, with which handlers publish messages and subscribe to them: in one process, in all workers
 * of `tsgi serve`, or on several machines. All calls with the same backend share their channels.
 *
 * @param backend How messages reach other processes. Default: `workers()`.
 * @throws TypeError if the backend is not one, an option is unknown or invalid, or the backend is in use with other options.
 *
 * @example
 * ```ts
 * import { empty, stack } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { router } from '@tsgi/router'
 * import { websocket } from '@tsgi/websocket'
 * import { type Channels, channels } from '@tsgi/websocket/channels'
 *
 * const app = router(stack(channels()), {
 *   '/live': websocket<{ channels: Channels }>(async (socket, { channels }) => {
 *     socket.subscribe(channels.subscribe('news'))
 *     await socket.closed
 *   }),
 *   '/news': {
 *     async POST({ request, channels }) {
 *       await channels.publish('news', await request.text())
 *       return empty()
 *     },
 *   },
 * })
 *
 * await using web = client(app)
 * const socket = await web.websocket('/live')
 * await web.post('/news', { body: 'It rains' })
 * await socket.next() // => 'It rains'
 * ```
 */
export function channels(
  backend: ChannelBackend = workers(),
  options: ChannelsOptions = {},
): ChannelsMiddleware {
  const hub = hubOf(backend, options)

  function channels<E extends object>(app: Application<E & { channels: Channels }>): Application<E> {
    return function channels(environ) {
      return app(extend(environ, { channels: hub }))
    }
  }
  return Object.assign(channels, { channels: hub })
}

function hubOf(backend: ChannelBackend, options: ChannelsOptions): Hub {
  checkBackend(backend)
  checkOptions('channels', options, ['errors', ...Object.keys(bounds)])
  const { errors = consoleErrors } = options
  if (typeof errors?.write !== 'function') {
    throw new TypeError(`channels: errors must be an error log with a method write, got ${describe(errors)}`)
  }
  const { maxBuffered } = readLimits('channels', options, bounds)
  const existing = hubs.get(backend)
  if (existing === undefined) {
    const hub = new Hub(backend, maxBuffered, reportSeldom(errors))
    hubs.set(backend, hub)
    return hub
  }
  if (Object.keys(options).length > 0) {
    throw new TypeError(
      'channels: the backend is already in use: pass the options to its first call of channels',
    )
  }
  return existing
}

function checkBackend(backend: unknown): void {
  const methods = Object(backend) as Partial<Record<keyof ChannelBackend, unknown>>
  const names = ['connect', 'publish', 'subscribe', 'unsubscribe'] as const
  if (names.every((name) => typeof methods[name] === 'function')) return
  throw new TypeError(
    `channels: backend must be local(), workers() or redis(publisher, subscriber), got ${describe(backend)}`,
  )
}
