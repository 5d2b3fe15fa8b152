import type { Socket } from 'node:net'
import { HttpError } from '@tsgi/core'
import { hasSent } from '../../proxies/peer.ts'
import { type Connection, connectionOf } from './connection.ts'

/**
 * Responds to a request that Node's parser could not read, or that took too long to arrive.
 *
 * Earlier requests get their responses first, because clients match responses to requests by order. If the error is in
 * the body of the last request, the application gets it when it reads the body.
 */
export function handleClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') {
    socket.destroy()
    return
  }
  // There is nothing to respond to if the client never sent anything.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && !hasSent(socket)) {
    socket.destroy()
    return
  }
  const connection = connectionOf(socket)
  if (error.code === 'HPE_INVALID_EOF_STATE' && (connection.isEnding || isCut(connection))) {
    socket.destroySoon()
    return
  }
  connection.fail(describe(error))
}

/** An error of Node's parser. */
type ClientError = Error & {
  readonly code?: string
  readonly rawPacket?: Buffer
  /** The bytes of `rawPacket` that were parsed, including a bare LF. */
  readonly bytesParsed?: number
}

/** Returns whether the client has disconnected in the middle of the current request. */
function isCut({ open, hasWaiting }: Connection): boolean {
  return open !== undefined && !hasWaiting && !open.incoming.complete
}

/** RFC 9112 §3 for the request line, §5 for fields, §6.3 for framing, §9.5 for time. */
function describe({ code, rawPacket, bytesParsed = 0 }: ClientError): HttpError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError(431, 'The header is too large.')
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new HttpError(413, 'The chunk extensions are too large.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpError(408, 'The request took too long to arrive.')
    case 'HPE_INVALID_VERSION':
      // A bare LF after the version is an error of the line, not of the version.
      if (rawPacket?.[bytesParsed - 1] === LF) break
      return new HttpError(505)
    case 'HPE_INVALID_EOF_STATE':
      return new HttpError(400, 'The request was cut off.')
  }
  return new HttpError(400, 'The request is malformed.')
}

const LF = 0x0a
