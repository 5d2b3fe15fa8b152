import type { BodySource } from '../../body/body-source.ts'
import type { HeaderPairs } from '../../http/header-pairs.ts'

/** A response's header names and values in turn, and its body as it can be written in one call. */
export interface PlainParts {
  readonly headers: HeaderPairs
  readonly body: string | Uint8Array<ArrayBuffer> | null
}

/** A response's header names and values in turn, and its body as an iterator that no stream was made around. */
export interface StreamedParts {
  readonly headers: HeaderPairs
  readonly body: BodySource
}

export interface LightParts {
  readonly headers: HeaderPairs
  readonly body: PlainParts['body'] | BodySource
}
