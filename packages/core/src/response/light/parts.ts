import type { BodySource } from '../../body/body-source.ts'
import type { HeaderPairs } from '../../http/header-pairs.ts'

/** Header names and values in turn, and a body that can be written in one call. */
export interface PlainParts {
  readonly headers: HeaderPairs
  readonly body: string | Uint8Array<ArrayBuffer> | null
}

/** Header names and values in turn, and a body that is streamed. */
export interface StreamedParts {
  readonly headers: HeaderPairs
  readonly body: BodySource
}

/** What a light response holds. */
export interface LightParts {
  readonly headers: HeaderPairs
  readonly body: PlainParts['body'] | BodySource
}
