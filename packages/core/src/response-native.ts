/**
 * The runtime's own `Response`, on runtimes where making one costs little: Bun, Deno, Workers, browsers.
 * The counterpart of `response-node.ts`; package.json's `imports` choose between them.
 */
export const LightResponse: typeof Response = globalThis.Response

/** What a light response holds while nobody has asked for its body: never anything here, where none is light. */
export function plainParts(_response: Response): PlainParts | undefined {
  return undefined
}

/** See `response-node.ts`. */
export interface PlainParts {
  readonly headers: readonly string[]
  readonly body: string | Uint8Array<ArrayBuffer> | null
}
