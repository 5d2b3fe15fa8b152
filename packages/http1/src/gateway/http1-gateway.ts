import type { Socket } from 'node:net'
import type { Application } from '@tsgi/core'
import { planRejection, type ResponsePlan } from '@tsgi/core/gateway'
import { Connection } from '../connection/connection.ts'
import { Deadlines } from '../connection/deadlines.ts'
import type { ConnectionHost, Turn, TurnConnection } from '../connection/turn.ts'
import type { RequestHead } from '../parse/request-head.ts'
import { Http1Exchange } from './exchange.ts'
import { rejectedRequest } from './rejected-request.ts'
import type { Http1Settings } from './settings.ts'
import { isWebSocketHandshake, UpgradeExchange } from './upgrade-exchange.ts'

/**
 * Serves connections that something else accepts: the part of {@link createHttp1Server} without a server, for gateways that
 * know more about their connections.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:net'
 * import { text } from '@tsgi/core'
 * import { exchangeSettings } from '@tsgi/core/gateway'
 * import { directOrigin, Http1Gateway } from '@tsgi/http1'
 *
 * const app = () => text('Hello')
 * const { limits, ...settings } = exchangeSettings('mine', app)
 * const gateway = new Http1Gateway(app, {
 *   ...settings,
 *   limits: {
 *     ...limits,
 *     maxHeaderSize: 16_384,
 *     headersTimeout: 10_000,
 *     receiveTimeout: 300_000,
 *     keepAliveTimeout: 5_000,
 *     gracefulTimeout: 30_000,
 *   },
 *   multiprocess: false,
 *   webSockets: true,
 *   origin: directOrigin,
 *   drain: { isBegun: false },
 * })
 * const server = createServer({ allowHalfOpen: true, noDelay: true }, gateway.accept)
 * server.listening // => false
 * ```
 */
export class Http1Gateway implements ConnectionHost {
  readonly deadlines: Deadlines
  readonly limits: Http1Settings['limits']
  /** Whether idle connections are closed, because the gateway is stopping. */
  isClosing = false
  readonly #app: Application
  readonly #settings: Http1Settings
  readonly #connections = new Set<Connection>()

  constructor(app: Application, settings: Http1Settings) {
    const { headersTimeout, keepAliveTimeout } = settings.limits
    this.#app = app
    this.#settings = settings
    this.limits = settings.limits
    // Timeouts are only as exact as this interval.
    this.deadlines = new Deadlines(Math.min(500, Math.ceil(Math.min(headersTimeout, keepAliveTimeout) / 4)))
  }

  /** Serves a TCP, TLS or Unix connection. */
  readonly accept = (socket: Socket): void => {
    this.#connections.add(new Connection(socket, this))
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection)
  }

  /** Closes idle connections, and from now on every connection that becomes idle. */
  closeIdle(): void {
    this.isClosing = true
    for (const { isIdle, socket } of this.#connections) if (isIdle) socket.destroySoon()
  }

  open(connection: TurnConnection, head: RequestHead): Turn {
    const { webSockets } = this.#settings
    const Exchange = webSockets && isWebSocketHandshake(head) ? UpgradeExchange : Http1Exchange
    return new Exchange(this.#app, connection, head, this.#settings)
  }

  reject(error: unknown, head: RequestHead | undefined, socket: Socket): ResponsePlan {
    return planRejection(this.#settings, error, rejectedRequest(head, this.#settings.origin.peerOf(socket)))
  }
}
