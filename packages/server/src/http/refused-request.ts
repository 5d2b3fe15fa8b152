import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { lightHeaders, type RefusedRequest } from '@tsgi/core/gateway'
import { peerOf } from '../proxies/peer.ts'
import { plainFields } from './request-fields.ts'

/** Returns the data of a rejected request for the access log. Any of it may be invalid. */
export function refusedRequest(incoming: IncomingMessage, socket: Socket): RefusedRequest {
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
