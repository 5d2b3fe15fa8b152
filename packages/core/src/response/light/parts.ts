import type { BodySource } from '../../body/body-source.ts'
import type { HeaderPairs } from '../../http/header-pairs.ts'

/** Alternating header names and values, and a body that can be written in one call. */
export interface PlainParts {
  readonly headers: HeaderPairs
  readonly body: string | Uint8Array<ArrayBuffer> | null
}

/** The contents of a light response. */
export interface LightParts {
  readonly headers: HeaderPairs
  readonly body: PlainParts['body'] | BodySource
}

/** Whether a body is streamed. Without `instanceof`, so that programs that stream nothing need not load the class. */
export function isStreamed(body: LightParts['body']): body is BodySource {
  return body !== null && typeof body !== 'string' && 'toStream' in body
}
