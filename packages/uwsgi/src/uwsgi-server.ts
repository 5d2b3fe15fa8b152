import cluster from 'node:cluster'
import { createServer, type Server, type Socket } from 'node:net'
import type { Application, ErrorLog } from '@tsgi/core'
import { closeInTime, exchangeSettings } from '@tsgi/core/gateway'
import { readLimits } from '@tsgi/core/options'
import { serveConnection } from './connection.ts'
import type { Settings } from './exchange.ts'
import { type UwsgiLimits, uwsgiBounds } from './limits.ts'

/** The options of {@link createUwsgiServer}. */
export interface UwsgiServerOptions extends UwsgiLimits {
  /** Where problems are reported; standard error unless given. */
  readonly errors?: ErrorLog
  /** Whether other processes serve the same application; whether this is a worker of `node:cluster` unless given. */
  readonly multiprocess?: boolean
}

/** A gateway, made by {@link createUwsgiServer}. */
export interface UwsgiServer extends AsyncDisposable {
  /** Node's server, to be told where to listen. */
  readonly server: Server
  /**
   * Stops: takes no more connections, waits for the responses in flight and for what `waitUntil` was given, at most
   * `gracefulTimeout`, then ends what is left. Calling it again waits for the same end.
   */
  close(): Promise<void>
}

/**
 * A gateway that serves an application over the uwsgi protocol, behind nginx, Apache or a router of uWSGI.
 * `environ.gateway.native` is a {@link UwsgiNative}.
 *
 * Who can connect is believed: the client's address, the scheme and the host are what the packet says. Listen on a
 * unix socket, or on an address that only the front end reaches.
 *
 * @throws TypeError where an option is not what it should be, naming it.
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
export function createUwsgiServer(app: Application, options: UwsgiServerOptions = {}): UwsgiServer {
  const { multiprocess = cluster.isWorker } = options
  const shared = exchangeSettings('createUwsgiServer', app, options)
  if (typeof multiprocess !== 'boolean') {
    throw new TypeError(`createUwsgiServer: multiprocess must be a boolean, got ${String(multiprocess)}`)
  }
  const settings: Settings = {
    ...shared,
    limits: readLimits('createUwsgiServer', options, uwsgiBounds),
    multiprocess,
  }
  const sockets = new Set<Socket>()
  // Half-open: the end of the other side is noticed, and answered, by the connection itself.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serveConnection(socket, app, settings)
  })
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= closeServer(server, sockets, settings)
    return closed
  }
  return { server, close, [Symbol.asyncDispose]: close }
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>, settings: Settings): Promise<void> {
  // It may not be listening itself, where its connections are handed to it.
  const closed = new Promise((resolve) => server.close(resolve))
  // Answered already, or nothing asked yet: nobody waits on these.
  for (const socket of sockets) if (socket.bytesRead === 0 || socket.writableFinished) socket.destroy()
  const gone = [...sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve)))
  return closeInTime(settings, {
    gracefulTimeout: settings.limits.gracefulTimeout,
    ended: Promise.all([closed, ...gone]),
    destroy() {
      for (const socket of sockets) socket.destroy()
    },
  })
}
