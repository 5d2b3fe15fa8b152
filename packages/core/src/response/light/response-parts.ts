import { lightParts } from '#response'
import { BodySource } from '../../body/body-source.ts'
import type { PlainParts, StreamedParts } from './parts.ts'

/**
 * What a light response holds while nobody has asked for its body, for a gateway to write in one call: its header names
 * and values in turn, a name that has several values several times, and its body. Undefined for any other response.
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
 * What a light response of {@link stream} or {@link sse} holds while nobody has asked for its body: its header fields as
 * in {@link plainParts}, and what {@link streamBody} writes. Undefined for any other response.
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
