import { connectionOptions, isHopByHop, isNullBodyStatus } from '@tsgi/core/gateway'
import type { ParsedHead } from './response-parser.ts'

/** How the body of a response is framed. */
export interface BodyFraming {
  /** Whether a response to this method with this status has a body. */
  readonly hasBody: boolean
  /** The length in bytes; undefined if the body ends with the connection. */
  readonly length: number | undefined
}

/**
 * Reads the framing of a response.
 *
 * @throws SyntaxError if the framing is contradictory or uses `Transfer-Encoding`, which uwsgi does not have.
 */
export function framingOf({ status, fields }: ParsedHead, method: string): BodyFraming {
  const lengths = new Set(fields.filter(([name]) => name === 'content-length').map(([, value]) => value))
  if (fields.some(([name]) => name === 'transfer-encoding')) {
    throw new SyntaxError('The response has a Transfer-Encoding, which uwsgi does not support')
  }
  const [length] = lengths
  if (lengths.size > 1 || (length !== undefined && !/^\d{1,15}$/.test(length))) {
    throw new SyntaxError('The Content-Length of the response is malformed')
  }
  return {
    hasBody: method !== 'HEAD' && !isNullBodyStatus(status),
    length: length === undefined ? undefined : Number(length),
  }
}

/** Returns the headers of a response without the hop-by-hop ones. */
export function responseHeaders({ status, fields }: ParsedHead, hasBody: boolean): Headers {
  const omitted = new Set(['status'])
  for (const [name, value] of fields) {
    if (name !== 'connection') continue
    for (const listed of connectionOptions(value)) omitted.add(listed)
  }
  if (isNullBodyStatus(status)) omitted.add('content-type')
  // RFC 9110 §8.6 and §15.3.6
  if (status === 204 || status === 205) omitted.add('content-length')
  const headers = new Headers()
  let length: string | undefined
  for (const [name, value] of fields) {
    if (isHopByHop(name) || omitted.has(name)) continue
    // Repeated values are the same: framingOf has checked.
    if (name === 'content-length') length = value
    else headers.append(name, value)
  }
  if (length !== undefined) headers.set('content-length', length)
  // The type that a recipient may assume (RFC 9110 §8.3).
  if (hasBody && !headers.has('content-type')) headers.set('content-type', 'application/octet-stream')
  return headers
}
