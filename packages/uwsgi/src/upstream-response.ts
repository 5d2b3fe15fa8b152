import { isNullBodyStatus } from '@tsgi/core/gateway'
import { isGateways } from './response-head.ts'
import type { BackendHead } from './response-reader.ts'

/** What a backend's head says of the body that follows. */
export interface Framing {
  /** Whether there is one, for this method and status. */
  readonly hasBody: boolean
  /** Its bytes; undefined where the connection's end ends it. */
  readonly length: number | undefined
}

/**
 * The framing of a backend's response.
 *
 * @throws SyntaxError where it contradicts itself, or has a transfer coding: uwsgi has none, so that what looks like
 *   one would be taken for the body.
 */
export function framingOf({ status, fields }: BackendHead, method: string): Framing {
  const lengths = new Set(fields.filter(([name]) => name === 'content-length').map(([, value]) => value))
  if (fields.some(([name]) => name === 'transfer-encoding')) {
    throw new SyntaxError('The response has a Transfer-Encoding, which uwsgi does not')
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

/** A backend's header fields, without those that belong to its connection, as this contract wants them. */
export function responseHeaders({ status, fields }: BackendHead, hasBody: boolean): Headers {
  const connection = fields.filter(([name]) => name === 'connection').map(([, value]) => value)
  const dropped = new Set(
    connection
      .join(',')
      .split(',')
      .map((name) => name.trim().toLowerCase()),
  )
  if (isNullBodyStatus(status)) dropped.add('content-type')
  if (status === 204) dropped.add('content-length')
  const headers = new Headers()
  let length: string | undefined
  for (const [name, value] of fields) {
    if (isGateways(name) || dropped.has(name)) continue
    // It may be there twice, as long as it says the same.
    if (name === 'content-length') length = value
    else headers.append(name, value)
  }
  if (length !== undefined) headers.set('content-length', length)
  // What a recipient may assume (RFC 9110 §8.3), said aloud.
  if (hasBody && !headers.has('content-type')) headers.set('content-type', 'application/octet-stream')
  return headers
}
