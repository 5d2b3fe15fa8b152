import type { ChannelBackend } from './backend.ts'
import { local } from './local.ts'

/** The key under which a worker of `tsgi serve` offers its connection to the other workers. */
const RELAY: unique symbol = Symbol.for('tsgi.relay')

let shared: ChannelBackend | undefined

/**
 * Carries messages between the workers of `tsgi serve --workers`, through their master. In other processes, it keeps them
 * inside the process. All calls return the same backend. It is the default.
 *
 * @example
 * ```ts
 * import { channels, workers } from '@tsgi/websocket/channels'
 *
 * workers() === workers() // => true
 * channels().channels === channels(workers()).channels // => true
 * ```
 */
export function workers(): ChannelBackend {
  shared ??= (globalThis as { [RELAY]?: ChannelBackend })[RELAY] ?? local()
  return shared
}
