import type { IncomingMessage } from 'node:http'
import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { HttpError } from '@tsgi/core'
import { latestExchange } from './connection.ts'
import type { Settings } from './exchange.ts'
import { type Handler, refuse } from './handler.ts'
import type { ConnectionLimits } from './limits.ts'
import { fieldsSize } from './request-fields.ts'

/** HTTP/2 over connections that something else accepts. */
export interface Http2Endpoint {
  /** Takes a connection on which HTTP/2 was agreed. */
  accept(socket: Socket): void
  /** Ends every connection, those to come too, when what its client has sent until it hears of this is answered. */
  close(): void
}

/** HTTP/2 under the same limits as HTTP/1.1: what the protocol's own library bounds otherwise is set to them. */
export function createHttp2Endpoint(
  handle: Handler,
  settings: Settings,
  limits: Required<ConnectionLimits>,
): Http2Endpoint {
  const { headersTimeout, receiveTimeout, keepAliveTimeout } = limits
  const server = createServer({
    settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: limits.maxHeaderSize * 2 },
    // The handler answers 431; what is far beyond it ends here, without an answer.
    maxHeaderListPairs: settings.limits.maxHeadersCount * 2 + 8,
  })
  const sessions = new Set<ServerHttp2Session>()
  let closing = false
  server.on('stream', (stream) => boundRequest(stream, receiveTimeout))
  server.on('request', (incoming, outgoing) => checked(incoming, outgoing, false))
  server.on('checkContinue', (incoming, outgoing) => checked(incoming, outgoing, true))
  server.on('checkExpectation', (incoming, outgoing) => {
    const refusal = new HttpError(417, 'The only expectation that can be met is 100-continue.')
    refuse(incoming, outgoing, refusal, settings.errors)
  })
  // The head is checked as any other's, and its method refused.
  server.on('connect', (incoming, outgoing) => checked(incoming, outgoing, false))

  const checked: Handler = (incoming, outgoing, expectsContinue) => {
    if (fieldsSize(incoming as IncomingMessage) <= limits.maxHeaderSize)
      handle(incoming, outgoing, expectsContinue)
    else refuse(incoming, outgoing, new HttpError(431, 'The header is too large.'), settings.errors)
  }

  function keep(session: ServerHttp2Session, socket: Socket): void {
    sessions.add(session)
    let open = 0
    let idle = setTimeout(endIdle, headersTimeout)
    function endIdle() {
      session.close()
      // A client that leaves its side open is not waited for.
      const linger = setTimeout(() => socket.destroy(), LINGER_MS)
      socket.on('close', () => clearTimeout(linger))
    }
    session.on('stream', (stream) => {
      open++
      clearTimeout(idle)
      stream.on('close', () => {
        open--
        if (open === 0 && !session.closed) idle = setTimeout(endIdle, keepAliveTimeout)
      })
    })
    session.on('close', () => {
      clearTimeout(idle)
      sessions.delete(session)
    })
    if (closing) sayGoodbye(session)
  }

  return {
    accept(socket) {
      server.once('session', (session) => keep(session, socket))
      server.emit('connection', socket)
    },
    close() {
      closing = true
      for (const session of sessions) sayGoodbye(session)
    },
  }
}

/**
 * Ends a connection without losing a request that is on its way: first the client is told, and only when it has
 * answered a ping that came after are no more requests taken (RFC 9113 §6.8).
 */
function sayGoodbye(session: ServerHttp2Session): void {
  if (session.closed || session.destroyed) return
  const end = () => {
    clearTimeout(timer)
    session.close()
  }
  const timer = setTimeout(end, GOODBYE_MS)
  session.goaway(constants.NGHTTP2_NO_ERROR, 2 ** 31 - 1)
  session.ping(end)
}

/** What HTTP/1.1's parser does by itself: a request that takes too long to arrive is over. */
function boundRequest(stream: ServerHttp2Stream, receiveTimeout: number): void {
  if (receiveTimeout === 0 || stream.endAfterHeaders) return
  const timer = setTimeout(() => {
    latestExchange(stream)?.breakOff(new HttpError(408, 'The request took too long to arrive.'))
  }, receiveTimeout)
  stream.on('end', () => clearTimeout(timer))
  stream.on('close', () => clearTimeout(timer))
}

/** Requests in flight on one connection: the least that RFC 9113 §6.5.2 recommends. */
const MAX_STREAMS = 100
/** Milliseconds for a client to answer, and to end its side. */
const GOODBYE_MS = 1_000
const LINGER_MS = 2_000
