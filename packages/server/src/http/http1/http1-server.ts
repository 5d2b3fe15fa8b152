import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Application, HttpError } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import type { ConnectionLimits } from '../limits.ts'
import { rejectedRequest, unsupportedExpectation } from '../rejected-request.ts'
import type { Settings } from '../settings.ts'
import { failWith, handleClientError } from './client-error.ts'
import { connectionOf } from './connection.ts'
import { createHttp1Handler, reject } from './http1-handler.ts'
import { handleUpgrades } from './upgrade.ts'

/** Creates a Node server. All its responses come from this package, even those to malformed requests. */
export function createHttp1Server(
  app: Application,
  settings: Settings,
  limits: Limits<ConnectionLimits>,
): HttpServer {
  const { maxHeaderSize, headersTimeout, receiveTimeout } = limits
  const server = createServer({
    maxHeaderSize,
    headersTimeout,
    requestTimeout: receiveTimeout,
    // The listener closes idle connections instead, at a lower cost per request.
    keepAliveTimeout: 0,
    // Timeouts are only as exact as the interval at which they are checked.
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeout / 2)),
    // The exchange checks it with the rest of the head, and responds with problem details.
    requireHostHeader: false,
    // A request without a body does not need stream events.
    optimizeEmptyRequests: true,
  })
  // Node would silently drop the fields above its limit. The exchange counts them and rejects the request.
  server.maxHeadersCount = 0
  // A client that has closed its side still gets the responses that it waits for. Node has no documented option for it.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on('request', createHttp1Handler(app, settings))
  const handleExpecting = createHttp1Handler(app, settings, true)
  const refuse = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    connectionOf(incoming.socket).receive(incoming, outgoing, () => {
      reject(incoming, outgoing, unsupportedExpectation(), settings)
    })
  }
  server.on('checkContinue', (incoming, outgoing) => {
    // Node finds a 100-continue in any text.
    const isPlain = incoming.headers.expect?.toLowerCase() === '100-continue'
    ;(isPlain ? handleExpecting : refuse)(incoming, outgoing)
  })
  server.on('checkExpectation', refuse)
  handleUpgrades(server, app, settings)
  server.on('connect', (incoming, stream) => {
    const socket = stream as Socket
    // Node stops reading here. Continue, to notice when the client disconnects.
    socket.resume()
    failWith(
      new HttpError(501, 'CONNECT is not supported.'),
      socket,
      settings,
      rejectedRequest(incoming, socket),
    )
  })
  server.on('clientError', (error, socket) => handleClientError(error, socket as Socket, settings))
  return server
}
