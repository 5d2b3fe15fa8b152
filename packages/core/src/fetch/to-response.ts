import { lightParts } from '#response'
import { BodySource } from '../body/body-source.ts'
import { iteratorOf } from '../body/chunk-iterator.ts'
import type { Environ } from '../contract/environ.ts'
import { reportedRequest, requestLine } from '../contract/error-log.ts'
import { listElements } from '../http/field-list.ts'
import { connectionOptions, isHopByHop } from '../http/hop-by-hop.ts'
import { isNullBodyStatus } from '../http/status.ts'
import { describe } from '../options/describe.ts'
import { withHeaders } from '../response/headers.ts'

/**
 * Converts the result of a fetch handler to a response of this runtime, without the fields that only a gateway may set.
 *
 * @throws TypeError if it is not a response, or its body was read.
 */
export function toResponse(returned: unknown, environ: Environ): Response {
  if (returned instanceof Response) return withoutIgnored(returned)
  if (!isResponseLike(returned)) {
    const request = requestLine(reportedRequest(environ))
    throw new TypeError(`${request}: the fetch handler returned ${describe(returned)}, not a Response`)
  }
  if (returned.bodyUsed) {
    const request = requestLine(reportedRequest(environ))
    throw new TypeError(`${request}: the fetch handler returned a response whose body was read`)
  }
  const { status, statusText, headers, body } = returned
  const init = { status, statusText: statusText ?? '', headers: fieldsOf(headers) }
  return withoutIgnored(new Response(bodyOf(body), init), returned)
}

/** A response of any class: the runtime's own, or that of undici or `@whatwg-node/fetch`. */
export interface ResponseLike {
  readonly status: number
  readonly statusText: string
  readonly type?: string
  readonly headers: Iterable<[string, string]>
  readonly body: unknown
  readonly bodyUsed: boolean
}

function isResponseLike(value: unknown): value is ResponseLike {
  if (typeof value !== 'object' || value === null) return false
  const { status, headers } = value as Partial<ResponseLike>
  return typeof status === 'number' && typeof headers?.[Symbol.iterator] === 'function' && 'body' in value
}

function fieldsOf(foreign: ResponseLike['headers']): Headers {
  const headers = new Headers()
  const cookies = (foreign as Partial<Headers>).getSetCookie?.()
  for (const [name, value] of foreign) {
    if (cookies === undefined || name.toLowerCase() !== 'set-cookie') headers.append(name, value)
  }
  for (const cookie of cookies ?? []) headers.append('set-cookie', cookie)
  return headers
}

/** Converts the body to one of this runtime, because other classes may have their own streams. */
function bodyOf(body: unknown): ReadableStream<Uint8Array> | null {
  if (body === null || body === undefined) return null
  if (body instanceof ReadableStream) return body
  if (typeof (body as ReadableStream).getReader === 'function') {
    return BodySource.fromStream(body as ReadableStream<Uint8Array>).toStream()
  }
  const chunks = iteratorOf(body as AsyncIterable<Uint8Array>, 'fromFetch: the body of the response')
  return new BodySource(chunks, (chunk) => chunk as Uint8Array).toStream()
}

/** Removes the fields that a gateway would not send, and those that `fetch` leaves after it has decoded a body. */
function withoutIgnored(response: Response, original: ResponseLike = response): Response {
  const parts = lightParts(response)
  // Reading `headers` of a light response would create a `Headers`.
  const names =
    parts === undefined ? [...response.headers.keys()] : parts.headers.filter((_, at) => at % 2 === 0)
  const isDecoded = parts === undefined && wasDecoded(original, response.headers.get('content-encoding'))
  const ignored = names.filter(
    (name) =>
      isHopByHop(name) ||
      isRuledOut(name, response.status) ||
      (isDecoded && (name === 'content-encoding' || name === 'content-length')),
  )
  if (ignored.length === 0) return response
  const listed = connectionOptions(response.headers.get('connection'))
  const removed = [...ignored, ...names.filter((name) => listed.has(name))]
  return withHeaders(response, Object.fromEntries(removed.map((name) => [name, null])))
}

/** Reports whether responses of this status must not have the field (RFC 9110 §8.6 and rules R9 and R10 of SPEC.md). */
function isRuledOut(name: string, status: number): boolean {
  return (
    (name === 'content-type' && isNullBodyStatus(status)) || (name === 'content-length' && status === 204)
  )
}

/** Reports whether `fetch` returned the response and has decoded its body. */
function wasDecoded(response: ResponseLike, coding: string | null): boolean {
  const { type } = response
  if (coding === null || type === undefined || type === 'default') return false
  const known = response instanceof Response && isOldFetch() ? WITHOUT_ZSTD : WITH_ZSTD
  return listElements(coding).every((each) => known.test(each))
}

const WITHOUT_ZSTD = /^(?:(?:x-)?gzip|deflate|br)$/i
const WITH_ZSTD = /^(?:(?:x-)?gzip|deflate|br|zstd)$/i

/** Reports whether this is Node before 24.4, whose `fetch` leaves a body in zstd as it is. */
function isOldFetch(): boolean {
  const { process } = globalThis as { process?: { versions?: { undici?: string } } }
  return /^(?:[0-6]|7\.(?:\d|10))\./.test(process?.versions?.undici ?? '')
}
