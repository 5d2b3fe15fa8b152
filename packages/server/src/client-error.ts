import type { Socket } from 'node:net'
import { HttpError } from '@tsgi/core'
import { reasonPhrase } from '@tsgi/core/gateway'
import { isEnding, latestExchange, markEnding } from './connection.ts'
import { problem } from './problem.ts'

/**
 * Answers what Node's parser could not read, or what took too long to arrive.
 *
 * Where a response is under way, the trouble is in the rest of its request or in the one after it: the application
 * hears of it when it reads the body, and the connection ends after the response. An answer written now would be
 * taken for that response.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  const exchange = latestExchange(socket)
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') {
    socket.destroy()
    return
  }
  // A client that ends its side of a request while a response is due has left.
  if (error.code === 'HPE_INVALID_EOF_STATE' && (exchange !== undefined || isEnding(socket))) {
    socket.destroySoon()
    return
  }
  // The parser fails again on all that follows.
  if (isEnding(socket)) return
  markEnding(socket)
  const known = describe(error.code)
  if (exchange === undefined) {
    endWith(socket, known)
    return
  }
  if (!exchange.incoming.complete) exchange.breakOff(known)
  exchange.outgoing.on('close', () => {
    if (exchange.broken) socket.destroySoon()
    else endWith(socket, known)
  })
}

/** RFC 9112 §3 for the request line, §5 for fields, §6.3 for framing, §9.5 for time. */
function describe(code: string | undefined): HttpError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError(431, 'The header is too large.')
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new HttpError(413, 'The chunk extensions are too large.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpError(408, 'The request took too long to arrive.')
    case 'HPE_INVALID_VERSION':
      return new HttpError(505)
    case 'HPE_INVALID_EOF_STATE':
      return new HttpError(400, 'The request was cut off.')
    default:
      return new HttpError(400, 'The request is malformed.')
  }
}

/** The last words on a connection that no response object belongs to. */
export function endWith(socket: Socket, error: HttpError): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { fields, body } = problem(error)
  let head = `HTTP/1.1 ${error.status} ${reasonPhrase(error.status)}\r\ndate: ${new Date().toUTCString()}\r\nconnection: close\r\n`
  for (let at = 0; at < fields.length; at += 2) head += `${fields[at]}: ${fields[at + 1]}\r\n`
  socket.end(`${head}\r\n${body}`)
  // The client may be sending still: closing at once would reset the connection, and take the answer with it.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.on('close', () => clearTimeout(timer))
}

const LINGER_MS = 2_000
