import { lightParts, lightResponse, pairsOf } from '#response'
import { keepError } from './error-of.ts'
import { type Chunks, sourceOf } from './stream.ts'

/**
 * Returns the response with another body: text, bytes or an iterable of them, as for `stream`, or `null` for none. The
 * status and the headers stay the same, so change those that describe the old body. The old body is not cancelled: read
 * it, or cancel it.
 *
 * @throws TypeError if the body is none of these, or the status does not allow one.
 *
 * @example
 * ```ts
 * import { text, withBody, withHeaders } from '@tsgi/core'
 *
 * const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47])
 * const response = withHeaders(withBody(text('picture'), bytes), { 'content-type': 'image/png' })
 * await response.bytes() // => bytes
 * ```
 */
export function withBody(
  response: Response,
  body: string | Uint8Array<ArrayBuffer> | Chunks | null,
): Response {
  const { status, statusText } = response
  const pairs = lightParts(response)?.headers ?? pairsOf(response.headers)
  const isPlain = body === null || typeof body === 'string' || body instanceof Uint8Array
  const content = isPlain ? body : sourceOf(body, 'withBody: body')
  return keepError(response, lightResponse(content, { status, statusText }, pairs))
}
