import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
  type ServerHttp2Session,
} from 'node:http2'
import type { Socket } from 'node:net'
import { type Application, HttpError } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import type { ConnectionLimits } from '../limits.ts'
import { unsupportedExpectation } from '../rejected-request.ts'
import { fieldsSize } from '../request-fields.ts'
import type { Settings } from '../settings.ts'
import type { Http2Exchange } from './http2-exchange.ts'
import { createHttp2Handler, reject } from './http2-handler.ts'
import { type KeptSession, keepSession } from './http2-session.ts'

/** HTTP/2 on connections that another server accepts. */
export interface Http2Endpoint {
  /** Serves a connection that has negotiated HTTP/2. */
  accept(socket: Socket): void
  /** Closes every connection after its requests, including new ones. */
  close(): void
}

/** Creates an HTTP/2 server with the same limits as HTTP/1.1. */
export function createHttp2Endpoint(
  app: Application,
  settings: Settings,
  limits: Limits<ConnectionLimits>,
): Http2Endpoint {
  const { receiveTimeout } = limits
  const handle = createHttp2Handler(app, settings)
  const server = createServer({
    settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: limits.maxHeaderSize * 2 },
    // The handler responds with 431. Beyond this limit, Node resets the stream.
    maxHeaderListPairs: settings.limits.maxHeadersCount * 2 + 8,
  })
  const kept = new Map<Http2Session, KeptSession>()
  let closing = false
  server.on('request', (incoming, outgoing) => receive(incoming, outgoing, false))
  server.on('checkContinue', (incoming, outgoing) => receive(incoming, outgoing, true))
  server.on('checkExpectation', (incoming) => reject(incoming, unsupportedExpectation(), settings))
  // The handler rejects the method.
  server.on('connect', (incoming, outgoing) => receive(incoming, outgoing, false))

  function receive(
    incoming: Http2ServerRequest,
    outgoing: Http2ServerResponse,
    expectsContinue: boolean,
  ): void {
    const { stream } = incoming
    const keeper = stream.session && kept.get(stream.session)
    keeper?.receive(() => {
      // The client may have disconnected in the meantime.
      if (stream.closed) return
      const size = fieldsSize(incoming)
      if (size > limits.maxHeaderSize) {
        keeper.countRejected(size)
        if (!stream.destroyed) reject(incoming, new HttpError(431, 'The header is too large.'), settings)
        return
      }
      const exchange = handle(incoming, outgoing, expectsContinue)
      if (exchange !== undefined && receiveTimeout > 0) boundRequest(exchange, receiveTimeout)
    })
  }

  function keep(session: ServerHttp2Session, socket: Socket): void {
    const keeper = keepSession(session, socket, { ...limits, sendTimeout: settings.limits.sendTimeout })
    kept.set(session, keeper)
    socket.on('close', () => kept.delete(session))
    if (closing) keeper.goAway()
  }

  return {
    accept(socket) {
      server.once('session', (session) => keep(session, socket))
      server.emit('connection', socket)
    },
    close() {
      closing = true
      for (const keeper of kept.values()) keeper.goAway()
    },
  }
}

/** Aborts a request that takes too long to arrive, as Node's HTTP/1.1 server does. */
function boundRequest(exchange: Http2Exchange, receiveTimeout: number): void {
  const { stream } = exchange
  if (stream.endAfterHeaders) return
  const timer = setTimeout(() => {
    exchange.breakOff(new HttpError(408, 'The request took too long to arrive.'))
  }, receiveTimeout)
  stream.on('end', () => clearTimeout(timer))
  stream.on('close', () => clearTimeout(timer))
}

/** Maximum number of requests in flight per connection: the minimum that RFC 9113 §6.5.2 recommends. */
const MAX_STREAMS = 100
