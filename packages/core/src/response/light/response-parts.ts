import { lightParts } from '#response'
import { BodySource } from '../../body/body-source.ts'
import type { PlainParts, StreamedParts } from './parts.ts'

/**
 * Returns the header fields and the body of a light response, for a gateway to write in one call. Names and values
 * alternate; a name with several values is repeated. Returns undefined for any other response, if the body is streamed, or
 * if it was already accessed.
 *
 * @example
 * ```ts
 * import { stream, text } from '@tsgi/core'
 * import { plainParts } from '@tsgi/core/gateway'
 *
 * plainParts(text('hi')) // => { headers: ['content-type', 'text/plain; charset=utf-8'], body: 'hi' }
 * plainParts(stream(['hi'])) // => undefined
 * ```
 */
export function plainParts(response: Response): PlainParts | undefined {
  const parts = lightParts(response)
  return parts?.body instanceof BodySource ? undefined : (parts as PlainParts | undefined)
}

/**
 * Returns the header fields, as {@link plainParts} does, and the body of a light response of {@link stream} or
 * {@link sse}, without a `ReadableStream` around it. Returns undefined for any other response, or if the body was already
 * accessed.
 *
 * @example
 * ```ts
 * import { stream, text } from '@tsgi/core'
 * import { streamedParts } from '@tsgi/core/gateway'
 *
 * streamedParts(stream(['hi']))?.headers // => ['content-type', 'text/plain; charset=utf-8']
 * streamedParts(text('hi')) // => undefined
 * ```
 */
export function streamedParts(response: Response): StreamedParts | undefined {
  const parts = lightParts(response)
  return parts?.body instanceof BodySource ? (parts as StreamedParts) : undefined
}
