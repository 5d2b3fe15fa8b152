import { LightResponse } from '#response'
import { keepError } from './error-of.ts'
import { SENT_AS_IS } from './light/response-init.ts'

type Body = ReadableStream<Uint8Array> | Uint8Array | string | null

/** Creates a response with the given body and headers and the status of another response. */
export function rebuild(
  from: Response,
  body: Body,
  headers: Headers,
  { status, statusText }: Pick<Response, 'status' | 'statusText'> = from,
): Response {
  const init = { status, statusText, headers, ...SENT_AS_IS }
  const response = new LightResponse(body as BodyInit | null, init)
  // A text body adds a content type if there is none.
  if (typeof body === 'string' && !headers.has('content-type')) response.headers.delete('content-type')
  return keepError(from, response)
}

/** Headers that describe the bytes of a body (RFC 9110 §8, RFC 9530). */
export const ABOUT_BODY: readonly string[] = [
  'content-length',
  'content-md5',
  'content-digest',
  'repr-digest',
  'digest',
  'content-range',
]

/** The headers above, and those that describe a version of the resource. None of them applies to other bytes. */
export const ABOUT_BYTES: readonly string[] = /* @__PURE__ */ ABOUT_BODY.concat('etag', 'accept-ranges')

export function without(names: readonly string[], headers: Headers): Headers {
  const copy = new Headers(headers)
  for (const name of names) copy.delete(name)
  return copy
}
