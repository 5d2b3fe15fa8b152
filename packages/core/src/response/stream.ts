import { lightResponse } from '#response'
import { BodySource } from '../body/body-source.ts'
import type { Chunk } from '../body/chunk.ts'
import { iteratorOf } from '../body/chunk-iterator.ts'
import { withDefault } from '../http/header-pairs.ts'
import { describe } from '../options/describe.ts'
import { initPairs } from './light/init-pairs.ts'

/** The source of a streamed body. Text is sent as UTF-8, bytes unchanged. */
export type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>

/**
 * Returns a response that streams its body from an iterable, no faster than the client reads: the next chunk is
 * requested only when there is room for it. The content type is `text/plain; charset=utf-8` unless `init` has another.
 *
 * When the client disconnects, the iterable's `return()` is called, which runs the `finally` of a generator: immediately if
 * the generator is suspended at a `yield`, otherwise when its pending `await` settles. Pass `environ.signal` to slow
 * operations. An error from the iterable cuts the response off.
 *
 * A body may never be read, for example in response to `HEAD`. JavaScript then ends a generator without running any of
 * its code, not even `finally`. So open files and other resources inside the generator, not before it, or close them when
 * `environ.finished` resolves.
 *
 * Source: PEP 3333, "Buffering and Streaming"; the iterable's `close()` is JavaScript's `return()`.
 *
 * @throws TypeError if `chunks` is not iterable. The stream fails with a TypeError if a chunk is neither text nor bytes.
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
  // A string is iterable by character, but it must be sent as one chunk.
  const list = typeof chunks === 'string' ? [chunks] : chunks
  return lightResponse(sourceOf(list, 'stream: chunks'), init, pairs)
}

/** Returns the body that an iterable streams. `name` begins the message of the TypeError if it is not iterable. */
export function sourceOf(chunks: Chunks, name: string): BodySource {
  return new BodySource(iteratorOf(chunks, name), checkChunk)
}

function checkChunk(value: unknown): Chunk {
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  throw new TypeError(`stream: a chunk must be a string or a Uint8Array, got ${describe(value)}`)
}
