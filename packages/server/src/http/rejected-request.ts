import type { Socket } from 'node:net'
import { HttpError } from '@tsgi/core'
import { lightHeaders, type RejectedRequest } from '@tsgi/core/gateway'
import { peerOf } from '../proxies/peer.ts'
import { type IncomingHead, plainFields } from './request-fields.ts'

/** Returns the data of a rejected request for the access log. Any of it may be invalid. */
export function rejectedRequest(incoming: IncomingHead, socket: Socket): RejectedRequest {
  const { method = '-', url = '', headers, httpVersion } = incoming
  return {
    method,
    target: url,
    protocol: 'stream' in incoming ? 'HTTP/2' : `HTTP/${httpVersion}`,
    host: headers.host ?? String(headers[':authority'] ?? ''),
    remoteAddress: peerOf(socket),
    headers: lightHeaders(plainFields(incoming)),
  }
}

/** Returns what the access log says about bytes that are not a request. */
export function unreadableRequest(socket: Socket): RejectedRequest {
  return {
    method: '-',
    target: '-',
    protocol: '-',
    host: '',
    remoteAddress: peerOf(socket),
    headers: lightHeaders([]),
  }
}

/** The error for a request with an `Expect` other than `100-continue`. */
export function unsupportedExpectation(): HttpError {
  return new HttpError(417, 'The only supported expectation is 100-continue.')
}
