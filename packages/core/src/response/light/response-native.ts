/**
 * The runtime's own `Response`, for runtimes where creating one costs little: Bun, Deno, Workers, browsers. The
 * `imports` of package.json choose between this file and `response-node.ts`.
 */
import { BodySource } from '../../body/body-source.ts'
import { type HeaderPairs, hasName } from '../../http/header-pairs.ts'
import { pairsOf } from '../../http/light-headers.ts'
import type { LightParts, PlainParts } from './parts.ts'
import { SENT_AS_IS } from './response-init.ts'

export const LightResponse: typeof Response = globalThis.Response

/** The bodies of responses that are not streamed. A `Response` only shows its body as a stream. */
const plainBodies = new WeakMap<Response, PlainParts['body']>()

/** See `response-node.ts`. */
export function lightResponse(
  body: LightParts['body'],
  { status = 200, statusText = '' }: ResponseInit = {},
  pairs: HeaderPairs,
): Response {
  const headers: [string, string][] = []
  for (let at = 0; at < pairs.length; at += 2) headers.push([pairs[at]!, pairs[at + 1]!])
  const content = body instanceof BodySource ? body.take().toStream() : body
  const init = { status, statusText, headers, ...SENT_AS_IS }
  const response = new Response(content, init)
  // A text body adds its own content type.
  if (!hasName(pairs, 'content-type')) response.headers.delete('content-type')
  if (!(body instanceof BodySource)) plainBodies.set(response, body)
  return response
}

/** See `response-node.ts`. */
export function lightParts(response: Response): LightParts | undefined {
  const body = plainBodies.get(response)
  if (body === undefined || response.bodyUsed) return undefined
  return { headers: pairsOf(response.headers), body }
}
