import { lightResponse } from '#response'
import { ChunkSource } from '../body/chunk-source.ts'
import { type Chunk, type Feed, type Source, sourceOf } from '../body/feed.ts'
import { withDefault } from '../http/header-pairs.ts'
import { initPairs } from '../http/light-headers.ts'

/** What a body is streamed from: text is encoded as UTF-8, bytes are sent as they are. */
export type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>

/**
 * A response whose body is taken from an iterable, chunk by chunk, no faster than the client reads: the iterable
 * is asked for its next chunk only when there is room. When the client leaves, its `return()` is called, so a
 * generator's `finally` runs: at once where it stands at a `yield`, and once its `await` is over where it is waiting, so
 * what may wait long is to be given `environ.signal`. An error it throws cuts the response off.
 *
 * The content type is `text/plain; charset=utf-8` unless `init` says otherwise.
 *
 * @throws TypeError where `chunks` is not iterable; into the stream, where a chunk is neither text nor bytes.
 *
 * Source: PEP 3333, "Buffering and Streaming"; the iterable's `close()` is JavaScript's `return()`.
 *
 * @example
 * ```ts
 * import { stream } from '@tsgi/core'
 *
 * async function* count() {
 *   for (const n of [1, 2, 3]) yield `${n} `
 * }
 * await stream(count()).text() // => '1 2 3 '
 * ```
 */
export function stream(chunks: Chunks, init?: ResponseInit): Response {
  const pairs = withDefault(initPairs(init?.headers), 'content-type', 'text/plain; charset=utf-8')
  // Text is iterable too, by its characters: one chunk is what is meant.
  const source = sourceOf(typeof chunks === 'string' ? [chunks] : chunks, 'stream: chunks')
  return lightResponse(new ChunkSource(new ChunkFeed(source)), init, pairs)
}

class ChunkFeed implements Feed<Chunk> {
  readonly source: Source<Chunk>
  readonly silence = undefined

  constructor(source: Source<Chunk>) {
    this.source = source
  }

  toChunk(chunk: Chunk): Chunk {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) return chunk
    throw new TypeError(`stream: a chunk must be a string or a Uint8Array, got ${typeof chunk}`)
  }
}
