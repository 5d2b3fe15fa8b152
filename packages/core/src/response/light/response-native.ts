/**
 * Creates and changes responses on runtimes whose own `Response` and `Headers` are fast: Bun, Deno, Workers, browsers. The `imports` of package.json choose between this file and `response-node.ts`.
 */
import type { HeaderPairs } from '../../http/header-pairs.ts'
import { isStreamed, type LightParts, type PlainParts } from './parts.ts'
import { SENT_AS_IS } from './response-init.ts'

export const LightResponse: typeof Response = globalThis.Response

/** The bodies of responses that are not streamed. A `Response` only shows its body as a stream. */
const plainBodies = new WeakMap<Response, PlainParts['body']>()

/** See `plain-response.ts`. */
export function lightResponse(
  body: LightParts['body'],
  { status = 200, statusText = '' }: ResponseInit = {},
  pairs: HeaderPairs,
): Response {
  const headers = new Headers()
  for (let at = 0; at < pairs.length; at += 2) headers.append(pairs[at]!, pairs[at + 1]!)
  const init = { status, statusText, headers, ...SENT_AS_IS }
  const response = new Response(isStreamed(body) ? body.take().toStream() : body, init)
  // A text body adds its own content type.
  if (!headers.has('content-type')) response.headers.delete('content-type')
  if (!isStreamed(body)) plainBodies.set(response, body)
  return response
}

/** See `plain-response.ts`. */
export function lightParts(response: Response): LightParts | undefined {
  const body = plainBodies.get(response)
  if (body === undefined || response.bodyUsed) return undefined
  return { headers: pairsOf(response.headers), body }
}

/** See `response-node.ts`. */
export function cancelBody({ body }: Response, reason: unknown): Promise<void> | undefined {
  return body?.locked === false ? body.cancel(reason) : undefined
}

/** Returns the fields of a `Headers`. */
export function pairsOf(headers: Headers): HeaderPairs {
  return [...headers].flat()
}

/** Always undefined: a `Headers` costs little, so fields need no other form. */
export function toPairs(): HeaderPairs | undefined {
  return undefined
}

/** Always undefined, as {@link toPairs}. */
export function changePairs(): HeaderPairs | undefined {
  return undefined
}
