/**
 * The part of `@tsgi/websocket` that `Bun.serve` needs: `@tsgi/websocket/bun`.
 */
import type { BunSocket } from './transport/bun.ts'
import type { Message } from './transport/transport.ts'

export type { BunSocket } from './transport/bun.ts'
export type { Message } from './transport/transport.ts'

/** The handlers of Bun's option `websocket`. */
export interface BunWebSocket {
  readonly maxPayloadLength: number
  readonly backpressureLimit: number
  readonly idleTimeout: number
  readonly sendPings: boolean
  open(socket: BunSocket): void
  message(socket: BunSocket, message: Message): void
  drain(socket: BunSocket): void
  close(socket: BunSocket, code: number, reason: string): void
}

/**
 * The option `websocket` of `Bun.serve`, which `websocket` needs on Bun.
 *
 * @example
 * ```ts
 * import { toFetch } from '@tsgi/core'
 * import { websocket } from '@tsgi/websocket'
 * import { bunWebSocket } from '@tsgi/websocket/bun'
 *
 * const echo = websocket(async (socket) => {
 *   for await (const message of socket) await socket.send(message)
 * })
 * export default { port: 8000, fetch: toFetch(echo), websocket: bunWebSocket }
 * ```
 */
export const bunWebSocket: BunWebSocket = {
  /** The largest `maxMessage` that is possible. */
  maxPayloadLength: 16 * 1024 * 1024,
  backpressureLimit: 1024 * 1024 * 1024,
  /** Seconds without data, pings included, after which Bun ends a connection. */
  idleTimeout: 60,
  sendPings: true,
  open: (socket) => socket.data.connect(socket),
  message: ({ data }, message) => data.events?.message(message),
  drain: ({ data }) => data.events?.drain(),
  close: ({ data }, code, reason) => data.events?.close(code, reason),
}
