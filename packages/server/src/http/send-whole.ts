import { isNullBodyStatus } from '@tsgi/core/gateway'
import { type Encoding, endResponse } from './end-response.ts'
import type { NodeExchange } from './exchange.ts'
import { isWide, type ResponseHead, writeHead } from './response-head.ts'

/** Writes a response whose body is at hand. */
export function sendWhole(
  exchange: NodeExchange,
  head: ResponseHead,
  given: string | Uint8Array | null,
): void {
  const { status, declared } = head
  const isHead = exchange.environ.method === 'HEAD'
  // Node joins a text to the head before it encodes both, which for a long one takes longer than encoding it here.
  const body = typeof given === 'string' && given.length > LONG_TEXT ? Buffer.from(given) : given
  const isLast = exchange.hasLongRest || exchange.broken
  const size = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  if (status === 204) {
    // RFC 9110 §8.6: never with a Content-Length.
    writeHead(exchange, head, undefined, isLast)
  } else if (body === null && (isHead || status === 304)) {
    // What the answer to a GET would have had (RFC 9110 §8.6), where the application says.
    writeHead(exchange, head, declaredLength(declared), isLast)
  } else {
    checkLength(declared, size)
    writeHead(exchange, head, size, isLast)
  }
  const content = isHead || isNullBodyStatus(status) ? null : body
  exchange.bytes = content === null ? 0 : size
  endResponse(exchange, content, encodingOf(content, size, head))
}

/** Characters of a body from which on it is encoded alone. */
const LONG_TEXT = 4096

/**
 * The encoding for the head and the text of a body, which Node sends as one string. A head's bytes are latin1; UTF-8
 * is the same for both only while they are ASCII, and takes longer.
 */
function encodingOf(content: string | Uint8Array | null, size: number, head: ResponseHead): Encoding {
  if (typeof content !== 'string' || content.length === size) return 'latin1'
  return isWide(head) ? 'separate' : 'utf8'
}

/**
 * What the application says of its body's length.
 *
 * @throws TypeError where that is no length.
 */
export function declaredLength(declared: string | undefined): number | undefined {
  if (declared === undefined) return undefined
  if (!/^\d{1,15}$/.test(declared))
    throw new TypeError(`The application's Content-Length is '${declared}', not a length`)
  return Number(declared)
}

/** @throws TypeError if the application declared another length than the body's. */
export function checkLength(declared: string | undefined, size: number): void {
  if (declared === undefined || declaredLength(declared) === size) return
  throw new TypeError(`The application's Content-Length is ${declared}, but its body has ${size} bytes`)
}
