import type { Socket } from 'node:net'
import { HttpError } from '@tsgi/core'
import { planRejection, type RejectedRequest } from '@tsgi/core/gateway'
import { hasSent } from '../../proxies/peer.ts'
import { unreadableRequest } from '../rejected-request.ts'
import type { Settings } from '../settings.ts'
import { type Connection, connectionOf } from './connection.ts'
import { postpone } from './postponed-bytes.ts'

/**
 * Responds to a request that Node's parser could not read, or that took too long to arrive.
 *
 * Earlier requests get their responses first, because clients match responses to requests by order. If the error is in
 * the body of the last request, the application gets it when it reads the body.
 */
export function handleClientError(error: ClientError, socket: Socket, settings: Settings): void {
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
  if (error.code === 'HPE_PAUSED' && error.rawPacket !== undefined) {
    if (!connection.isEnding) postpone(socket, error.rawPacket)
    return
  }
  if (error.code === 'HPE_INVALID_EOF_STATE' && (connection.isEnding || isCut(connection))) {
    connection.close()
    return
  }
  failWith(describe(error), socket, settings)
}

/**
 * Ends a connection with an error response, after those to the requests so far.
 *
 * @param request The request, if Node's parser could read it.
 */
export function failWith(
  error: HttpError,
  socket: Socket,
  settings: Settings,
  request: RejectedRequest = unreadableRequest(socket),
): void {
  const plan = () => planRejection(settings, error, request)
  connectionOf(socket).fail({ error, plan, sendTimeout: settings.limits.sendTimeout })
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
      if (!isVersion(rawPacket, bytesParsed)) break
      return new HttpError(505, 'The version of HTTP is not supported.')
    case 'HPE_INVALID_EOF_STATE':
      return new HttpError(400, 'The request was cut off.')
  }
  return new HttpError(400, 'The request is malformed.')
}

/** Returns whether the parser has stopped at a version of HTTP, although an unknown one. */
function isVersion(packet: Buffer | undefined, at: number): boolean {
  if (packet === undefined) return true
  const start = packet.lastIndexOf('HTTP/', at)
  // The rest has arrived before.
  if (start === -1) return /^\d/.test(packet.toString('latin1', Math.max(0, at - 1)))
  return /^HTTP\/\d\.\d(?:\r|$)/.test(packet.toString('latin1', start, start + VERSION_LENGTH))
}

/** The number of bytes of `HTTP/1.1` and a CR. */
const VERSION_LENGTH = 9
