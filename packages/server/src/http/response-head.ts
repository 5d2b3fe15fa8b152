import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { isHopByHop, reasonPhrase } from '@tsgi/core/gateway'
import type { NodeExchange } from './exchange.ts'

/** The header fields of a response as they will be sent, and what the application said of the body's length. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  /** Names and values in turn. */
  readonly fields: string[]
  declared: string | undefined
}

/** The head of a response, without its framing. What an application may not set is reported and left out. */
export function responseHead(
  exchange: NodeExchange,
  { status, statusText }: Response,
  pairs: readonly string[] | Headers,
): ResponseHead {
  const head: ResponseHead = { status, statusText, fields: [], declared: undefined }
  if (pairs instanceof Headers) {
    for (const [name, value] of pairs) addField(exchange, head, name, value)
  } else {
    for (let at = 0; at < pairs.length; at += 2) addField(exchange, head, pairs[at]!, pairs[at + 1]!)
  }
  return head
}

/** Whether a value has bytes outside ASCII. */
export function isWide({ fields }: ResponseHead): boolean {
  return fields.some((text) => /[\x80-\xff]/.test(text))
}

/**
 * Writes the head, framed for a body of `length` bytes; `undefined` is one of unknown length. It is held back until
 * the body begins, so that both go out together. `isLast` says that no request can follow on the connection.
 */
export function writeHead(
  exchange: NodeExchange,
  { status, statusText, fields }: ResponseHead,
  length: number | undefined,
  isLast: boolean,
): void {
  const { connection, outgoing, settings, stream } = exchange
  exchange.status = status
  if (length !== undefined) fields.push('content-length', String(length))
  const { requestId } = exchange
  if (requestId !== undefined && !fields.includes('x-request-id')) fields.push('x-request-id', requestId)
  if (stream !== undefined) {
    writeHead2(stream, status, fields)
    return
  }
  // While the server closes, a request that has come already is answered too.
  if (isLast || (settings.closing && !connection.hasWaiting)) {
    fields.push('connection', 'close')
    connection.finish()
  } else if (settings.keepAlive !== undefined && outgoing.shouldKeepAlive) {
    fields.push('keep-alive', settings.keepAlive)
  }
  // Node's own phrases are those of RFC 7231.
  outgoing.writeHead(status, statusText === '' ? reasonPhrase(status) : statusText, fields)
}

/** HTTP/2 has no phrases, and a connection's end is not for one response to announce. */
export function writeHead2(stream: ServerHttp2Stream, status: number, fields: readonly string[]): void {
  const headers: OutgoingHttpHeaders & Record<string, string | number | string[]> = Object.create(null)
  headers[':status'] = status
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!
    const value = fields[at + 1]!
    const before = headers[name]
    if (before === undefined) headers[name] = value
    else headers[name] = Array.isArray(before) ? [...before, value] : [String(before), value]
  }
  stream.respond(headers)
}

function addField(exchange: NodeExchange, head: ResponseHead, name: string, value: string): void {
  if (name === 'content-length') {
    head.declared = value
  } else if (isHopByHop(name)) {
    exchange.errors.write(
      new TypeError(
        `The application set '${name}', which is the gateway's to set (RFC 9110 §7.6.1): not sent`,
      ),
    )
  } else {
    head.fields.push(name, value)
  }
}
