import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { HttpError } from '@tsgi/core'

/** The head of a request in any version of HTTP. */
export type IncomingHead = Pick<
  IncomingMessage | Http2ServerRequest,
  'method' | 'url' | 'headers' | 'rawHeaders' | 'httpVersion' | 'httpVersionMajor'
>

/** Returns the header fields as received, names and values in turn, without the pseudo-header fields of HTTP/2. */
export function plainFields(incoming: IncomingHead): readonly string[] {
  const { rawHeaders, httpVersionMajor } = incoming
  if (httpVersionMajor === 1) return rawHeaders
  const fields = rawHeaders.filter((_, at) => rawHeaders[at & ~1]!.charCodeAt(0) !== COLON)
  const { headers } = incoming
  if (headers.host === undefined) fields.push('host', String(headers[':authority']))
  return fields
}

/**
 * Counts the header fields of a request over HTTP/2. A client may send each cookie as a separate field; together they
 * count as one (RFC 9113 §8.2.3).
 */
export function countFields({ rawHeaders }: IncomingHead): number {
  let count = 0
  let cookies = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at] === 'cookie') cookies = 1
    else if (rawHeaders[at]!.charCodeAt(0) !== COLON) count++
  }
  return count + cookies
}

/**
 * Returns the authority of a request over HTTP/2.
 *
 * @throws HttpError 400 if it is missing, or if `:authority` and `Host` differ (RFC 9113 §8.3.1).
 */
export function authorityField(incoming: IncomingHead): string {
  const { ':authority': authority, host } = incoming.headers
  if (authority === undefined && host === undefined) throw new HttpError(400, 'The request has no authority.')
  if (authority !== undefined && host !== undefined && authority !== host) {
    throw new HttpError(400, 'The Host field is not the authority of the request.')
  }
  return String(authority ?? host)
}

/** Returns the size of a header as HTTP/2 defines it (RFC 9113 §6.5.2). */
export function fieldsSize({ rawHeaders }: IncomingHead): number {
  let size = rawHeaders.length * 16
  for (const text of rawHeaders) size += text.length
  return size
}

const COLON = 0x3a
