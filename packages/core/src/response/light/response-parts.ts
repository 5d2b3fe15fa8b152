import { lightParts } from '#response'
import { isStreamed, type PlainParts } from './parts.ts'

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
  return parts === undefined || isStreamed(parts.body) ? undefined : (parts as PlainParts)
}
