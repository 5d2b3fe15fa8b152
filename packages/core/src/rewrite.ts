import { LightResponse, plainParts } from '#response'
import { isNullBodyStatus } from './status.ts'

/** Header fields to change: a value replaces, a list gives several lines, `null` removes. */
export type HeaderChanges =
  | Headers
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | null>>

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
  const headers = new Headers(response.headers)
  const replaced = new Set<string>()
  for (const [name, value] of Symbol.iterator in changes ? changes : Object.entries(changes)) {
    const lower = name.toLowerCase()
    const values = value === null ? [] : typeof value === 'string' ? [value] : value
    if (value === null || (lower !== 'set-cookie' && !replaced.has(lower))) headers.delete(name)
    replaced.add(lower)
    for (const each of values) headers.append(name, each)
  }
  return rebuild(response, response.status, response.statusText, headers)
}

/**
 * The response with another status. A status that has no body (204, 304 …) drops the body and what described it.
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
  if (!isNullBodyStatus(status)) return rebuild(response, status, statusText, new Headers(response.headers))
  void response.body?.cancel()
  const headers = withoutFraming(response.headers)
  headers.delete('content-type')
  return new LightResponse(null, { status, statusText, headers })
}

/**
 * The response with its text changed; waits for the whole body. A response without a body is returned unchanged.
 *
 * What described the old bytes is dropped: `Content-Length`, `ETag`, `Digest` and the like. The text is decoded and
 * encoded as UTF-8, so only responses of text in UTF-8 are to be given here.
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
  if (plain === undefined ? response.body === null : plain.body === null) return response
  const text = typeof plain?.body === 'string' ? plain.body : await response.text()
  const { status, statusText } = response
  return new LightResponse(await change(text), {
    status,
    statusText,
    headers: withoutFraming(response.headers),
  })
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
  const { status, statusText } = response
  const body = change(response.body) as ReadableStream<Uint8Array<ArrayBuffer>>
  return new LightResponse(body, { status, statusText, headers: withoutFraming(response.headers) })
}

/** The same body under another head. */
function rebuild(response: Response, status: number, statusText: string, headers: Headers): Response {
  const plain = plainParts(response)
  const copy = new LightResponse(plain === undefined ? response.body : plain.body, {
    status,
    statusText,
    headers,
  })
  // A body of text brings a content type where there is none; a head is copied as it is.
  if (!headers.has('content-type')) copy.headers.delete('content-type')
  return copy
}

/** Headers that no longer tell the truth once the body's bytes changed (RFC 9110 §8, RFC 9530). */
const ABOUT_BYTES = [
  'content-length',
  'content-md5',
  'content-digest',
  'repr-digest',
  'digest',
  'etag',
  'accept-ranges',
  'content-range',
]

function withoutFraming(headers: Headers): Headers {
  const copy = new Headers(headers)
  for (const name of ABOUT_BYTES) copy.delete(name)
  return copy
}
