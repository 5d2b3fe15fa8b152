/**
 * The runtime's own `Response`, on runtimes where making one costs little: Bun, Deno, Workers, browsers.
 * The counterpart of `response-node.ts`; package.json's `imports` choose between them.
 */
import { type HeaderPairs, hasName } from './header-pairs.ts'

export const LightResponse: typeof Response = globalThis.Response

/** See `response-node.ts`. */
export function lightResponse(
  body: PlainParts['body'],
  init: ResponseInit | undefined,
  pairs: HeaderPairs,
): Response {
  const headers: [string, string][] = []
  for (let at = 0; at < pairs.length; at += 2) headers.push([pairs[at]!, pairs[at + 1]!])
  const response = new Response(body, { ...init, headers })
  // A body of text brings a type of its own.
  if (!hasName(pairs, 'content-type')) response.headers.delete('content-type')
  return response
}

/** What a light response holds while nobody has asked for its body: never anything here, where none is light. */
export function plainParts(_response: Response): PlainParts | undefined {
  return undefined
}

/** See `response-node.ts`. */
export interface PlainParts {
  readonly headers: HeaderPairs
  readonly body: string | Uint8Array<ArrayBuffer> | null
}
