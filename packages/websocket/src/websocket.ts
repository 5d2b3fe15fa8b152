import { type Application, type Environ, HttpError, type UpgradedConnection, withMetadata } from '@tsgi/core'
import { enableWebSockets } from '@tsgi/core/gateway'
import { isSameHost } from '@tsgi/core/http'
import { describe } from '@tsgi/core/options'
import { connectStreams } from '#streams'
import { readSettings, type Settings, type WebSocketOptions } from './options/websocket-options.ts'
import { ServerSocket, type Socket } from './socket.ts'
import { type BunSocket, connectBun } from './transport/bun.ts'
import { connectStandard } from './transport/standard.ts'

/** Handles one connection. `E` are the environ keys that it reads. */
export type WebSocketHandler<E extends object = object> = (
  socket: Socket,
  environ: Environ & E,
) => void | Promise<void>

/**
 * Creates an application that accepts WebSockets and passes each to the handler. The connection is closed with code 1000 when
 * the handler returns, and with 1011 if it throws; the error is reported.
 *
 * Responds with 426 to requests that are not the handshake of a WebSocket, with 403 if the page that connects has another
 * origin, with 501 if the gateway cannot accept WebSockets, and with 503 if it is stopping or has too many.
 *
 * Source: RFC 6455.
 *
 * @throws TypeError if the handler is not a function, or an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { websocket } from '@tsgi/websocket'
 * import { serve } from '@tsgi/server'
 *
 * const echo = websocket(async (socket) => {
 *   for await (const message of socket) await socket.send(message)
 * })
 *
 * await using server = await serve(echo, { listen: 'http://127.0.0.1:0' })
 * const client = new WebSocket(server.addresses[0]!)
 * await new Promise((resolve) => client.addEventListener('open', resolve))
 * client.send('Hello')
 * const { data } = await new Promise<MessageEvent>((resolve) => client.addEventListener('message', resolve))
 * data // => 'Hello'
 * client.close()
 * ```
 */
export function websocket<E extends object = object>(
  handler: WebSocketHandler<E>,
  options: WebSocketOptions = {},
): Application<E> {
  if (typeof handler !== 'function') {
    throw new TypeError(`websocket: handler must be a function, got ${describe(handler)}`)
  }
  const settings = readSettings(options)
  enableWebSockets()
  const connect = connector(settings)

  const application: Application<E> = function acceptWebSocket(environ) {
    const { upgrade } = environ
    if (upgrade === undefined) throw environ.gateway.webSockets ? handshakeRequired() : unsupported()
    checkOrigin(environ, settings.origins)
    const protocol = settings.protocols.find((each) => upgrade.protocols.includes(each))
    return upgrade.accept(
      (connection) => {
        const socket = new ServerSocket(settings, protocol ?? '', (opened) => {
          environ.waitUntil(run(handler, opened, environ))
        })
        connect(connection, socket)
        return socket
      },
      { protocol },
    )
  }
  // OpenAPI cannot describe it.
  return withMetadata(application, { hidden: true }, application)
}

/**
 * Calls the handler, and closes the connection when it has finished. Rejects with the error of the handler, if it fails. Does
 * not keep the environ: most handlers do not need it while they wait for messages.
 */
function run<E extends object>(
  handler: WebSocketHandler<E>,
  socket: ServerSocket,
  environ: Environ & E,
): Promise<void> {
  let handling: void | Promise<void>
  try {
    handling = handler(socket, environ)
  } catch (error) {
    handling = Promise.reject(error)
  }
  return Promise.resolve(handling).then(
    () => {
      if (!socket.isStopping) socket.close()
    },
    (error: unknown) => {
      // A handler that waits with the signal ends with its reason, which is not an error.
      if (error === socket.signal.reason) return
      socket.close(1011, 'Internal error')
      throw error
    },
  )
}

/** Returns a function that opens the connections of every runtime. */
function connector(settings: Settings): (connection: UpgradedConnection, socket: ServerSocket) => void {
  const connectStream = connectStreams(settings)
  return (connection, socket) => {
    if (connection.type === 'stream') connectStream(connection, socket, socket.protocol)
    else if (connection.type === 'bun') connectBun(connection.native as BunSocket, socket, settings)
    else connectStandard(connection.native, socket, settings)
  }
}

/**
 * Rejects pages of other origins, which could use the cookies of a visitor (RFC 6455 §10.2).
 *
 * @throws HttpError 403
 */
function checkOrigin({ headers, host }: Environ, origins: Settings['origins']): void {
  const origin = headers.get('origin')
  if (origin === null || origins === '*') return
  if (origins === 'same' ? isSameHost(origin, host) : origins.has(origin)) return
  throw new HttpError(403, 'Pages of this origin may not connect.')
}

function handshakeRequired(): HttpError {
  const headers = { upgrade: 'websocket', 'sec-websocket-version': '13' }
  return new HttpError(426, 'This is a WebSocket: the request must be its opening handshake.', { headers })
}

function unsupported(): HttpError {
  return new HttpError(501, 'The server cannot accept WebSockets on this connection.', { report: false })
}
