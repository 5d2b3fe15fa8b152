import { LightResponse, lightParts, lightResponse } from '#response'
import { changePairs, type HeaderChanges, hasName, withoutNames } from '../http/header-pairs.ts'
import { pairsOf } from '../http/light-headers.ts'
import { isNullBodyStatus } from '../http/status.ts'
import { plainParts } from './light/response-parts.ts'

/**
 * The response with header fields changed; the one given is left as it was, but its body has moved to the new one.
 *
 * Each named field replaces what the response has of that name, except `Set-Cookie`, which is always added.
 *
 * @throws TypeError where a name or value is not one (RFC 9110 §5), or the body was already read.
 *
 * @example
 * ```ts
 * import { redirect, withHeaders } from '@tsgi/core'
 *
 * const response = withHeaders(redirect('/'), { 'x-powered-by': null, vary: 'Accept', 'set-cookie': ['a=1', 'b=2'] })
 * response.headers.get('vary') // => 'Accept'
 * response.headers.getSetCookie() // => ['a=1', 'b=2']
 * ```
 */
export function withHeaders(response: Response, changes: HeaderChanges): Response {
  const parts = lightParts(response)
  const pairs = parts && changePairs(parts.headers, changes)
  if (pairs !== undefined) return lightResponse(parts!.body, response, pairs)
  const headers = new Headers(response.headers)
  const replaced = new Set<string>()
  for (const [name, value] of Symbol.iterator in changes ? changes : Object.entries(changes)) {
    const lower = name.toLowerCase()
    const values = value === null ? [] : typeof value === 'string' ? [value] : value
    if (value === null || (lower !== 'set-cookie' && !replaced.has(lower))) headers.delete(name)
    replaced.add(lower)
    for (const each of values) headers.append(name, each)
  }
  return parts === undefined
    ? withBody(response, response.body, headers)
    : lightResponse(parts.body, response, pairsOf(headers))
}

/**
 * The response with another status. A status that has no body (204, 304 …) drops the body and what described it; its
 * `ETag` stays, which on a 304 names what the client has (RFC 9110 §15.4.5).
 *
 * @throws RangeError where the status is not from 200 to 599.
 *
 * @example
 * ```ts
 * import { text, withStatus } from '@tsgi/core'
 *
 * const response = withStatus(text('not here'), 404)
 * response.status // => 404
 * await response.text() // => 'not here'
 * ```
 */
export function withStatus(response: Response, status: number, statusText = ''): Response {
  if (!isNullBodyStatus(status)) {
    const parts = lightParts(response)
    return parts === undefined
      ? withBody({ status, statusText }, response.body, response.headers)
      : lightResponse(parts.body, { status, statusText }, parts.headers)
  }
  // Nobody is left to hear that letting the old body go failed.
  response.body?.cancel().catch(() => {})
  const headers = without([...ABOUT_BODY, 'content-type', 'content-encoding'], response.headers)
  return new LightResponse(null, { status, statusText, headers })
}

/**
 * The response with its text changed; waits for the whole body. What described the old bytes is dropped:
 * `Content-Length`, `ETag`, `Digest` and the like.
 *
 * Text is UTF-8. A response without a body, one with a `Content-Encoding`, and one whose bytes are not UTF-8 (an image)
 * pass with nothing of them changed.
 *
 * @example
 * ```ts
 * import { mapText, text } from '@tsgi/core'
 *
 * const response = await mapText(text('Hello world'), (text) => text.replaceAll('Hello', 'Goodbye'))
 * await response.text() // => 'Goodbye world'
 * ```
 */
export async function mapText(
  response: Response,
  change: (text: string) => string | Promise<string>,
): Promise<Response> {
  const plain = plainParts(response)
  if (plain !== undefined) {
    const { headers, body } = plain
    if (body === null || hasName(headers, 'content-encoding')) return response
    const text = typeof body === 'string' ? body : decoded(body)
    return text === undefined
      ? response
      : lightResponse(await change(text), response, withoutNames(headers, CHANGED))
  }
  if (response.body === null || response.headers.has('content-encoding')) return response
  const bytes = await response.bytes()
  const text = decoded(bytes)
  if (text === undefined) return withBody(response, bytes, response.headers)
  return withBody(response, await change(text), without(CHANGED, response.headers))
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * The response with its body's stream changed, usually through a `TransformStream`; nothing is buffered. A response
 * without a body is returned unchanged. What described the old bytes is dropped, as in {@link mapText}.
 *
 * @example
 * ```ts
 * import { mapBody, stream } from '@tsgi/core'
 *
 * const double = () => new TransformStream<Uint8Array, Uint8Array>({
 *   transform(chunk, controller) {
 *     controller.enqueue(chunk)
 *     controller.enqueue(chunk)
 *   },
 * })
 * const response = mapBody(stream(['ha']), (body) => body.pipeThrough(double()))
 * await response.text() // => 'haha'
 * ```
 */
export function mapBody(
  response: Response,
  change: (body: ReadableStream<Uint8Array<ArrayBuffer>>) => ReadableStream<Uint8Array>,
): Response {
  if (response.body === null) return response
  return withBody(response, change(response.body), without(CHANGED, response.headers))
}

type Body = ReadableStream<Uint8Array> | Uint8Array | string | null

function withBody(head: Pick<Response, 'status' | 'statusText'>, body: Body, headers: Headers): Response {
  const { status, statusText } = head
  const made = new LightResponse(body as BodyInit | null, { status, statusText, headers })
  // A body of text brings a content type where there is none; a head is copied as it is.
  if (typeof body === 'string' && !headers.has('content-type')) made.headers.delete('content-type')
  return made
}

/** Headers that describe the bytes of one body (RFC 9110 §8, RFC 9530). */
const ABOUT_BODY = [
  'content-length',
  'content-md5',
  'content-digest',
  'repr-digest',
  'digest',
  'content-range',
]

/** These, and what describes a version of the resource, which other bytes are not. */
const CHANGED = [...ABOUT_BODY, 'etag', 'accept-ranges']

function without(names: readonly string[], headers: Headers): Headers {
  const copy = new Headers(headers)
  for (const name of names) copy.delete(name)
  return copy
}
