import { createServer, type Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { HttpError } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import { connectionOf, knownConnection } from '../connection.ts'
import { type Handler, refuse } from '../handler.ts'
import type { ConnectionLimits } from '../limits.ts'
import { endWith } from '../problem.ts'
import type { Settings } from '../settings.ts'
import { answerClientError } from './client-error.ts'
import { watchHalfClosed } from './half-closed.ts'

/** A Node server whose every answer is this package's, those to malformed requests included. */
export function createHttp1Server(
  handle: Handler,
  settings: Settings,
  limits: Limits<ConnectionLimits>,
): HttpServer {
  const { maxHeaderSize, headersTimeout, receiveTimeout } = limits
  const server = createServer({
    maxHeaderSize,
    headersTimeout,
    requestTimeout: receiveTimeout,
    // Idle connections are ended by the listener, which costs a request less.
    keepAliveTimeout: 0,
    // Timeouts are only as exact as the interval at which they are looked at.
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeout / 2)),
    // Checked with the rest of the head, and answered with a problem.
    requireHostHeader: false,
    // A request without a body needs no life of a stream.
    optimizeEmptyRequests: true,
  })
  // Node would silently drop the fields above its limit; the handler counts and refuses.
  server.maxHeadersCount = 0
  // A client that has closed its side still gets the answers that it waits for.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on('connection', (socket) => socket.on('end', () => watchHalfClosed(socket)))
  server.on('request', (incoming, outgoing) => handle(incoming, outgoing, false))
  server.on('checkContinue', (incoming, outgoing) => handle(incoming, outgoing, true))
  server.on('checkExpectation', (incoming, outgoing) => {
    const refusal = new HttpError(417, 'The only expectation that can be met is 100-continue.')
    const connection = connectionOf(incoming.socket)
    const answer = () => refuse(incoming, outgoing, refusal, settings)
    if (connection.mustWait(outgoing)) connection.postpone(answer)
    else answer()
  })
  server.on('connect', (_, socket) => {
    // An answer written now would be taken for that to the request before.
    if (knownConnection(socket as Socket)?.open) socket.destroy()
    else endWith(socket as Socket, new HttpError(501, 'CONNECT is not supported.'))
  })
  server.on('clientError', (error, socket) => answerClientError(error, socket as Socket))
  return server
}
