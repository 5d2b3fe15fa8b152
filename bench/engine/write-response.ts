import { errorResponse } from '@tsgi/core'
import { discardBody, isHopByHop, isNullBodyStatus, plainParts, streamBody } from '@tsgi/core/gateway'
import type { EngineExchange } from './exchange.ts'
import { dateField, statusLine } from './response-head.ts'

/** Writes a response out. It never throws: what cannot be sent is reported, and answered 500 where that is still possible. */
export function writeResponse(exchange: EngineExchange, response: Response): void {
  if (exchange.closed) {
    discardBody(exchange, response)
    return
  }
  try {
    send(exchange, response)
  } catch (error) {
    sendFailure(exchange, error)
  }
}

/** Answers 500 in the place of a response that cannot be sent, or cuts off what was begun. */
function sendFailure(exchange: EngineExchange, error: unknown): void {
  exchange.failure = error
  if (!exchange.isBegun && !exchange.closed) {
    send(exchange, errorResponse(error, exchange.environ))
    return
  }
  exchange.errors.write(error)
  const { socket } = exchange.connection
  // A body of HTTP/1.0 may be framed by the connection's end alone: only a reset says that this is not it.
  if (exchange.head.minorVersion === 0) socket.resetAndDestroy?.()
  else socket.destroy()
}

function send(exchange: EngineExchange, response: Response): void {
  const plain = plainParts(response)
  if (plain !== undefined) {
    sendWhole(exchange, responseHead(exchange, response, plain.headers), plain.body)
    return
  }
  if (response.bodyUsed) throw new TypeError('The body of the response was already read')
  const head = responseHead(exchange, response, [...response.headers].flat())
  if (response.body === null) {
    sendWhole(exchange, head, null)
  } else if (exchange.environ.method === 'HEAD') {
    discardBody(exchange, response)
    sendWhole(exchange, head, null)
  } else {
    sendStream(exchange, head, response.body)
  }
}

/** Writes a response whose body is a stream. */
function sendStream(exchange: EngineExchange, head: ResponseHead, body: ReadableStream<Uint8Array>): void {
  const { output, socket } = exchange.connection
  const { declared } = head
  const isChunked = declared === undefined && exchange.head.minorVersion === 1
  let isLast = false
  streamBody(exchange, {
    body,
    declared,
    outlet: {
      write(chunk) {
        if (isChunked) output.latin1(`${chunk.byteLength.toString(16)}\r\n`)
        output.bytes(chunk)
        if (isChunked) output.latin1('\r\n')
        output.flush()
        return !output.isCongested
      },
      on: (event, listener) => socket.on(event, listener),
      off: (event, listener) => socket.off(event, listener),
    },
    begin(isAlone) {
      // Without a length and without chunks, the connection's end is the body's.
      isLast = exchange.isLast || (declared === undefined && !isChunked)
      exchange.isBegun = true
      if (isChunked) head.text += 'transfer-encoding: chunked\r\n'
      output.latin1(framed(exchange, head, declared, isLast))
      if (isAlone) output.flush()
    },
    whole: (body) => sendWhole(exchange, head, body),
    // The output bounds how long that lasts.
    stalled() {},
    end() {
      if (isChunked) output.latin1('0\r\n\r\n')
      exchange.finish(isLast)
    },
    fail: (error) => sendFailure(exchange, error),
  })
}

/** The head of a response, without its framing. */
interface ResponseHead {
  readonly status: number
  /** The status line and the fields, each with its CRLF. */
  text: string
  /** What the application said of the body's length. */
  declared: number | undefined
}

function responseHead(
  exchange: EngineExchange,
  { status, statusText }: Response,
  pairs: readonly string[],
): ResponseHead {
  if (status < 200) throw new RangeError(`The status of the response is ${status}`)
  const head: ResponseHead = {
    status,
    text: statusLine(status, statusText) + dateField(),
    declared: undefined,
  }
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at]!
    const value = pairs[at + 1]!
    if (name === 'content-length') {
      if (!/^\d{1,15}$/.test(value))
        throw new TypeError(`The application's Content-Length is '${value}', not a length`)
      head.declared = Number(value)
    } else if (isHopByHop(name)) {
      exchange.errors.write(
        new TypeError(`The application set '${name}', which is the gateway's to set: not sent`),
      )
    } else if (NOT_A_VALUE.test(value)) {
      throw new TypeError(`The application's field '${name}' holds a control character`)
    } else head.text += `${name}: ${value}\r\n`
  }
  return head
}

/** The Fetch standard lets a field hold more than RFC 9110 §5.5 does. */
const NOT_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/

/** The end of a head whose body has `length` bytes; `undefined` is one of unknown length. */
function framed(
  exchange: EngineExchange,
  { text }: ResponseHead,
  length: number | undefined,
  isLast: boolean,
): string {
  const framing = length === undefined ? '' : `content-length: ${length}\r\n`
  return `${text}${framing}${isLast ? 'connection: close\r\n\r\n' : exchange.connection.settings.keepAlive}`
}

/** Writes a response whose body is at hand. */
function sendWhole(exchange: EngineExchange, head: ResponseHead, body: string | Uint8Array | null): void {
  const { status, declared } = head
  const { output } = exchange.connection
  const isHead = exchange.environ.method === 'HEAD'
  const size = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  let length: number | undefined = size
  // RFC 9110 §8.6: 204 never has a length; HEAD and 304 that which the answer to a GET would have had.
  if (status === 204) length = undefined
  else if (body === null && (isHead || status === 304)) length = declared
  else if (declared !== undefined && declared !== size)
    throw new TypeError(`The application's Content-Length is ${declared}, but its body has ${size} bytes`)
  const { isLast } = exchange
  exchange.isBegun = true
  const text = framed(exchange, head, length, isLast)
  if (body === null || isHead || isNullBodyStatus(status)) output.latin1(text)
  else {
    exchange.bytes = size
    if (typeof body !== 'string') {
      output.latin1(text)
      output.bytes(body)
    } else if (body.length === size) output.latin1(text + body)
    else {
      output.latin1(text)
      output.utf8(body)
    }
  }
  exchange.finish(isLast)
}
