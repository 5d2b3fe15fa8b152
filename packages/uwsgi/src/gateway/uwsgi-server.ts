import cluster from 'node:cluster'
import { createServer, type Server, type Socket } from 'node:net'
import type { Application, CompleteApplication } from '@tsgi/core'
import {
  type ConnectionLimits,
  closeSockets,
  connectionBounds,
  type ExchangeOptions,
  exchangeSettings,
  requestBounds,
} from '@tsgi/core/gateway'
import { checkBoolean, checkOptions, readLimits } from '@tsgi/core/options'
import { serveConnection } from './connection.ts'
import type { Settings } from './exchange.ts'

/** Options of {@link createUwsgiServer}. */
export interface UwsgiServerOptions extends ExchangeOptions, ConnectionLimits {
  /** Whether other processes serve the same application. Default: whether this is a `node:cluster` worker. */
  readonly multiprocess?: boolean
}

/** A gateway created by {@link createUwsgiServer}. */
export interface UwsgiServer extends AsyncDisposable {
  /** The Node server. Call its `listen` method. */
  readonly server: Server
  /**
   * Stops accepting connections, waits up to `gracefulTimeout` for open requests and for promises passed to
   * `waitUntil`, then closes the remaining connections. Further calls return the same promise.
   */
  close(): Promise<void>
}

/**
 * Creates a gateway that serves an application over the uwsgi protocol, behind nginx, Apache or uWSGI's router.
 * `environ.gateway.native` is a {@link UwsgiNative}.
 *
 * The gateway trusts every peer: the client's address, the scheme and the host come from the packet. Listen on a
 * Unix socket or on an address that only the front end can reach.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { connect } from 'node:net'
 * import { text as readText } from 'node:stream/consumers'
 * import { text } from '@tsgi/core'
 * import { createUwsgiServer, encodePacket } from '@tsgi/uwsgi'
 *
 * const gateway = createUwsgiServer(({ pathInfo }) => text(`Hello from ${pathInfo}`))
 * await new Promise<void>((resolve) => gateway.server.listen(0, '127.0.0.1', resolve))
 * const { port } = gateway.server.address() as { port: number }
 *
 * const socket = connect(port, '127.0.0.1')
 * socket.write(encodePacket(['REQUEST_METHOD', 'GET', 'REQUEST_URI', '/world', 'HTTP_HOST', 'example.org']))
 * const response = await readText(socket)
 * response.split('\r\n')[0] // => 'HTTP/1.1 200 OK'
 * response.endsWith('\r\n\r\nHello from /world') // => true
 * await gateway.close()
 * ```
 */
export function createUwsgiServer<E extends object = object>(
  application: CompleteApplication<E>,
  options: UwsgiServerOptions = {},
): UwsgiServer {
  const app = application as Application
  checkOptions('createUwsgiServer', options, optionNames)
  const { multiprocess = cluster.isWorker } = options
  const shared = exchangeSettings('createUwsgiServer', app, options)
  checkBoolean('createUwsgiServer: multiprocess', multiprocess)
  const settings: Settings = {
    ...shared,
    limits: { ...shared.limits, ...readLimits('createUwsgiServer', options, connectionBounds) },
    multiprocess,
  }
  const sockets = new Set<Socket>()
  // A front end half-closes when its client disconnects; serveConnection handles it.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serveConnection(socket, app, settings)
  })
  let closed: Promise<void> | undefined
  const close = () => {
    if (closed !== undefined) return closed
    for (const socket of sockets) if (socket.writableFinished) socket.destroy()
    // A front end sends its packet immediately after connecting, so a new connection may have one in transit. Node reads it
    // between timers and immediates.
    setTimeout(() => setImmediate(destroySilent, sockets), SILENCE_MS)
    closed = closeSockets(settings, { server, sockets }, settings.limits.gracefulTimeout)
    return closed
  }
  return { server, close, [Symbol.asyncDispose]: close }
}

const optionNames = [
  ...['errors', 'observers', 'loadShedder', 'multiprocess'],
  ...Object.keys(requestBounds),
  ...Object.keys(connectionBounds),
]

/** Milliseconds that a connection may stay silent after the server has begun to stop. */
const SILENCE_MS = 250

function destroySilent(sockets: ReadonlySet<Socket>): void {
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
}
