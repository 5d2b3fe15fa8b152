import type { IncomingMessage } from 'node:http'
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { HttpError } from '@tsgi/core'
import { latestExchange } from './connection.ts'
import { type Handler, refuse } from './handler.ts'
import type { ConnectionLimits } from './limits.ts'
import { fieldsSize } from './request-fields.ts'
import type { Settings } from './settings.ts'

/** HTTP/2 over connections that something else accepts. */
export interface Http2Endpoint {
  /** Takes a connection on which HTTP/2 was agreed. */
  accept(socket: Socket): void
  /**
   * Ends every connection, those to come too, when the requests on it are answered. The client hears which is the last:
   * what it has sent after is safe to be sent again elsewhere (RFC 9113 §6.8).
   */
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
  /** How to end each connection. */
  const goodbyes = new Set<() => void>()
  let closing = false
  server.on('stream', (stream) => boundRequest(stream, receiveTimeout))
  server.on('request', (incoming, outgoing) => checked(incoming, outgoing, false))
  server.on('checkContinue', (incoming, outgoing) => checked(incoming, outgoing, true))
  server.on('checkExpectation', (incoming, outgoing) => {
    const refusal = new HttpError(417, 'The only expectation that can be met is 100-continue.')
    refuse(incoming, outgoing, refusal, settings)
  })
  // The head is checked as any other's, and its method refused.
  server.on('connect', (incoming, outgoing) => checked(incoming, outgoing, false))

  const checked: Handler = (incoming, outgoing, expectsContinue) => {
    if (fieldsSize(incoming as IncomingMessage) <= limits.maxHeaderSize)
      handle(incoming, outgoing, expectsContinue)
    else refuse(incoming, outgoing, new HttpError(431, 'The header is too large.'), settings)
  }

  function keep(session: ServerHttp2Session, socket: Socket): void {
    let open = 0
    let timer = setTimeout(sayGoodbye, headersTimeout)
    function sayGoodbye() {
      session.close()
      if (open === 0) linger()
    }
    function linger() {
      clearTimeout(timer)
      // A client that leaves its side open is not waited for.
      timer = setTimeout(() => socket.destroy(), LINGER_MS)
    }
    goodbyes.add(sayGoodbye)
    session.on('stream', (stream) => {
      open++
      clearTimeout(timer)
      stream.on('close', () => {
        open--
        if (open > 0) return
        if (session.closed) linger()
        else timer = setTimeout(sayGoodbye, keepAliveTimeout)
      })
    })
    socket.on('close', () => {
      clearTimeout(timer)
      goodbyes.delete(sayGoodbye)
    })
    if (closing) sayGoodbye()
  }

  return {
    accept(socket) {
      server.once('session', (session) => keep(session, socket))
      server.emit('connection', socket)
    },
    close() {
      closing = true
      for (const sayGoodbye of goodbyes) sayGoodbye()
    },
  }
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
/** Milliseconds for a client to end its side. */
const LINGER_MS = 2_000
