import { lightParts, pairsOf } from '#response'
import { BodySource } from '../body/body-source.ts'
import { byteLength, toBytes } from '../body/chunk.ts'
import { hasName } from '../http/header-pairs.ts'
import { hopByHopFields } from '../http/hop-by-hop.ts'
import { checkReason, errorPhrase, nullBodyStatuses, reasonPhrases } from '../http/status.ts'
import type { BaseExchange } from './exchange.ts'

// Every runtime with light responses has it; the standard library's types do not.
declare const Buffer: { byteLength(body: string): number }

/** A response in the form in which a gateway sends it, independent of the protocol. */
export interface ResponsePlan {
  readonly status: number
  /** The reason phrase, which HTTP/2 does not have. */
  readonly reason: string
  /** Alternating names, in lower case, and values; without `Content-Length` and the fields that only a gateway may set. */
  readonly fields: readonly string[]
  /** The `Content-Length` to send; undefined if the length is unknown or must not be sent. */
  readonly length: number | undefined
  /** The body to send; a source if it is streamed. */
  readonly body: string | Uint8Array | BodySource | null
  /** The `Upgrade` field of a response with status 426, which only HTTP/1.1 can send, with `Connection: upgrade`. */
  readonly upgrade?: string | undefined
  /** The names of fields that only a gateway may set, if the application has set any. */
  readonly dropped: readonly string[] | undefined
}

/**
 * Decides which fields, length and body to send for a response, by the rules of RFC 9110 for the method and the status.
 * Neither reads nor cancels the body.
 *
 * - Hop-by-hop fields and `Status` are left out (RFC 9110 §7.6.1, RFC 3875 §6.3.3).
 * - `HEAD` and 304 have no body, but the `Content-Length` of the response to `GET` if it is known. 204 has neither.
 * - The header may have up to 60 KiB: the HTTP/2 limit of Node, and more than most clients and proxies accept.
 * - A text longer than 64 Ki characters is streamed, so that it is not copied in memory as a whole.
 *
 * @throws TypeError if the body was already read, `Content-Length` is not its length, or the header is too large. RangeError if the status is not
 *   from 200 to 599.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { planResponse } from '@tsgi/core/gateway'
 *
 * const plan = planResponse(text('grüße', { status: 201 }), 'HEAD')
 * plan.status // => 201
 * plan.reason // => 'Created'
 * plan.fields // => ['content-type', 'text/plain; charset=utf-8']
 * plan.length // => 7
 * plan.body // => null
 * ```
 */
export function planResponse(response: Response, method: string): ResponsePlan {
  const { status, statusText } = response
  if (!(status >= 200 && status <= 599 && Number.isInteger(status))) {
    throw new RangeError(`The status of the response is ${String(status)}`)
  }
  if (statusText !== '') checkReason(statusText)
  const parts = lightParts(response)
  if (parts === undefined && response.bodyUsed) {
    throw new TypeError('The body of the response was already read')
  }
  const body = parts === undefined ? BodySource.fromResponse(response) : parts.body
  let fields = parts === undefined ? pairsOf(response.headers) : parts.headers
  let size = statusText.length
  let declared: number | undefined
  let upgrade: string | undefined
  let dropped: string[] | undefined
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!
    const value = fields[at + 1]!
    size += name.length + value.length + FIELD_OVERHEAD
    if (name === 'content-length') declared = parseLength(value)
    else if (status === 426 && name === 'upgrade') upgrade = value
    else if (isGatewayField(name)) dropped = [...(dropped ?? []), name]
  }
  if (size > MAX_HEAD) {
    throw new TypeError(`The headers of the response have ${size} bytes, but must not exceed ${MAX_HEAD}`)
  }
  if (declared !== undefined || dropped !== undefined || upgrade !== undefined)
    fields = applicationFields(fields)

  const isHead = method === 'HEAD'
  const hasBody = !isHead && !nullBodyStatuses.has(status)
  let length: number | undefined
  let sent: ResponsePlan['body'] = null
  // Neither has a body; a 205 has a length, and a 204 has none (RFC 9110 §15.3.6, §8.6).
  if (status === 204 || status === 205) length = status === 205 ? 0 : undefined
  else if (body instanceof BodySource) {
    length = declared
    if (hasBody) sent = body
  } else if (body === null && (isHead || status === 304)) {
    length = declared
  } else {
    length = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : byteLength(body)
    checkLength(declared, length)
    if (hasBody) sent = typeof body === 'string' ? divided(body) : body && toBytes(body)
  }
  const reason = statusText || reasonPhrases[status] || errorPhrase(status)
  return { status, reason, fields, length, body: sent, upgrade, dropped }
}

/**
 * Plans the response to a request, as {@link planResponse} does. Adds the request's id, if it has one, and reports the
 * fields that are left out, each once.
 *
 * @throws TypeError or RangeError if the response cannot be sent.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { planFor } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const environ = testEnviron('/')
 * const exchange = { environ, errors: environ.errors, requestId: '4f3a', status: 0 }
 * planFor(exchange, text('Hello')).fields // => ['content-type', 'text/plain; charset=utf-8', 'x-request-id', '4f3a']
 * exchange.status // => 200
 * ```
 */
export function planFor(
  exchange: Pick<BaseExchange, 'environ' | 'errors' | 'requestId' | 'status'>,
  response: Response,
): ResponsePlan {
  const plan = planResponse(response, exchange.environ.method)
  exchange.status = plan.status
  if (plan.dropped !== undefined) reportDropped(exchange, plan.dropped)
  const { requestId } = exchange
  if (requestId === undefined || hasName(plan.fields, 'x-request-id')) return plan
  return { ...plan, fields: [...plan.fields, 'x-request-id', requestId] }
}

/** The fields that were already reported. There are only a few. */
const reported = new Set<string>()

function reportDropped({ errors }: Pick<BaseExchange, 'errors'>, names: readonly string[]): void {
  for (const name of names) {
    if (reported.has(name)) continue
    reported.add(name)
    errors.write(
      new TypeError(
        `The application set '${name}', which only the gateway may set (RFC 9110 §7.6.1): it is not sent. This is reported once per field.`,
      ),
    )
  }
}

/** Hop-by-hop fields, and `Status`, which CGI and related protocols read as the status line. */
function isGatewayField(name: string): boolean {
  return hopByHopFields.has(name) || name === 'status'
}

function applicationFields(fields: readonly string[]): string[] {
  const isKept = (name: string) => name !== 'content-length' && !isGatewayField(name)
  return fields.filter((_, at) => isKept(fields[at & ~1]!))
}

function parseLength(value: string): number {
  if (!/^\d{1,15}$/.test(value)) {
    throw new TypeError(`The application's Content-Length is '${value}', which is not a length`)
  }
  return Number(value)
}

/** @throws TypeError if the length that the application declared is not the length of the body. */
export function checkLength(declared: number | undefined, length: number): void {
  if (declared === undefined || declared === length) return
  throw new TypeError(`The application's Content-Length is ${declared}, but its body has ${length} bytes`)
}

/** Maximum size of a header in bytes, as RFC 9113 §6.5.2 counts it: each field has 32 more. */
const MAX_HEAD = 60 * 1024
const FIELD_OVERHEAD = 32

/** Number of characters of a text that are encoded at a time. */
const PIECE = 64 * 1024

function divided(body: string): string | BodySource {
  return body.length <= PIECE ? body : new BodySource(pieces(body), String)
}

function* pieces(text: string): Generator<string> {
  let from = 0
  while (from < text.length) {
    let to = from + PIECE
    // The two halves of a surrogate pair are one character in UTF-8.
    if (/[\ud800-\udbff]/.test(text[to - 1] ?? '')) to++
    yield text.slice(from, to)
    from = to
  }
}
