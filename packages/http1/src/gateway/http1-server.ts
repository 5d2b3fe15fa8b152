import cluster from 'node:cluster'
import { createServer, type Server, type Socket } from 'node:net'
import type { Application, CompleteApplication } from '@tsgi/core'
import { closeSockets, type ExchangeOptions, exchangeSettings } from '@tsgi/core/gateway'
import { checkBoolean, checkOptions, readLimits } from '@tsgi/core/options'
import { type ConnectionLimits, connectionLimitBounds } from '../connection/limits.ts'
import { Http1Gateway } from './http1-gateway.ts'
import { directOrigin } from './origin.ts'
import type { Http1Settings } from './settings.ts'

/** Options of {@link createHttp1Server}. */
export interface Http1ServerOptions extends ExchangeOptions, ConnectionLimits {
  /** Whether other processes serve the same application. Default: whether this is a `node:cluster` worker. */
  readonly multiprocess?: boolean
}

/** A gateway created by {@link createHttp1Server}. */
export interface Http1Server extends AsyncDisposable {
  /** The Node server. Call its `listen` method, or emit `connection` with a socket that was accepted elsewhere. */
  readonly server: Server
  /**
   * Stops accepting connections, closes idle ones, waits up to `gracefulTimeout` for responses in flight and for promises
   * passed to `waitUntil`, then closes the remaining connections. Further calls return the same promise.
   */
  close(): Promise<void>
}

/**
 * Creates a gateway that serves an application over HTTP/1.1, without TLS, HTTP/2 and trusted proxies. `serve` of
 * `@tsgi/server` with the option `engine: 'tsgi'` has all of these. `environ.gateway.native` is an {@link Http1Native},
 * and undefined once a WebSocket is open.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { createHttp1Server } from '@tsgi/http1'
 *
 * const gateway = createHttp1Server(({ pathInfo }) => text(`Hello from ${pathInfo}`))
 * await new Promise<void>((resolve) => gateway.server.listen(0, '127.0.0.1', resolve))
 * const { port } = gateway.server.address() as { port: number }
 *
 * const response = await fetch(`http://127.0.0.1:${port}/world`)
 * await response.text() // => 'Hello from /world'
 * await gateway.close()
 * ```
 */
export function createHttp1Server<E extends object = object>(
  application: CompleteApplication<E>,
  options: Http1ServerOptions = {},
): Http1Server {
  const app = application as Application
  checkOptions('createHttp1Server', options, optionNames)
  const { multiprocess = cluster.isWorker } = options
  checkBoolean('createHttp1Server: multiprocess', multiprocess)
  const drain = { isBegun: false }
  const settings: Http1Settings = {
    ...exchangeSettings('createHttp1Server', app, options),
    limits: readLimits('createHttp1Server', options, connectionLimitBounds),
    multiprocess,
    webSockets: true,
    origin: directOrigin,
    drain,
  }
  const gateway = new Http1Gateway(app, settings)
  const sockets = new Set<Socket>()
  // A client that half-closes still gets its response.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    gateway.accept(socket)
  })
  let closed: Promise<void> | undefined
  const close = () => {
    if (closed !== undefined) return closed
    drain.isBegun = true
    gateway.closeIdle()
    closed = closeSockets(settings, { server, sockets }, settings.limits.gracefulTimeout)
    return closed
  }
  return { server, close, [Symbol.asyncDispose]: close }
}

const optionNames = [
  ...['errors', 'observers', 'loadShedder', 'multiprocess'],
  ...Object.keys(connectionLimitBounds),
]
