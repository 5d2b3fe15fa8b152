/**
 * The runtime's own `Response`, for runtimes where creating one costs little: Bun, Deno, Workers, browsers. The
 * `imports` of package.json choose between this file and `response-node.ts`.
 */
import { BodySource } from '../../body/body-source.ts'
import { type HeaderPairs, hasName } from '../../http/header-pairs.ts'
import type { LightParts } from './parts.ts'

export const LightResponse: typeof Response = globalThis.Response

/** See `response-node.ts`. */
export function lightResponse(
  body: LightParts['body'],
  init: ResponseInit | undefined,
  pairs: HeaderPairs,
): Response {
  const headers: [string, string][] = []
  for (let at = 0; at < pairs.length; at += 2) headers.push([pairs[at]!, pairs[at + 1]!])
  const content = body instanceof BodySource ? body.take().toStream() : body
  const response = new Response(content, { ...init, headers })
  // A text body adds its own content type.
  if (!hasName(pairs, 'content-type')) response.headers.delete('content-type')
  return response
}

/** See `response-node.ts`. Always returns undefined here, because no response is light. */
export function lightParts(_response: Response): LightParts | undefined {
  return undefined
}
