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

/** The error for a request with an `Expect` other than `100-continue`. */
export function unsupportedExpectation(): HttpError {
  return new HttpError(417, 'The only supported expectation is 100-continue.')
}
