import { LightResponse } from '#response'
import { show } from './lint-rule.ts'

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
  const headers = new Headers(init?.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'text/plain; charset=utf-8')
  return new LightResponse(toByteStream(chunks), { ...init, headers })
}

/** The bytes of an iterable of text and bytes, as a stream that pulls one chunk at a time. */
export function toByteStream(chunks: Chunks): ReadableStream<Uint8Array<ArrayBuffer>> {
  // Text is iterable too, by its characters: one chunk is what is meant.
  const iterator = iteratorOf(typeof chunks === 'string' ? [chunks] : chunks, 'stream: chunks')
  const encoder = new TextEncoder()
  let cancelled = false
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          // Empty chunks are passed over: a pull ends with bytes enqueued, or with the end.
          for (;;) {
            const { done, value } = await iterator.next()
            if (cancelled) return
            if (done) return controller.close()
            const bytes = toBytes(value, encoder)
            if (bytes.byteLength > 0) return controller.enqueue(bytes)
          }
        } catch (error) {
          // The iterable may not know of the failure: a chunk of the wrong type is found here.
          letGo(iterator).catch(() => {})
          throw error
        }
      },
      cancel() {
        cancelled = true
        return letGo(iterator)
      },
    },
    // With no room of its own, the stream asks for a chunk only when one is wanted.
    { highWaterMark: 0 },
  )
}

type Source<T> = AsyncIterator<T> | Iterator<T>

/** The iterator of anything iterable. `name` is how the error of what is not begins. */
export function iteratorOf<T>(source: AsyncIterable<T> | Iterable<T>, name: string): Source<T> {
  const made =
    (source as AsyncIterable<T>)?.[Symbol.asyncIterator] ?? (source as Iterable<T>)?.[Symbol.iterator]
  if (typeof made !== 'function') throw new TypeError(`${name} must be iterable, got ${show(source)}`)
  return made.call(source)
}

async function letGo(iterator: Source<unknown>): Promise<void> {
  await iterator.return?.()
}

function toBytes(chunk: string | Uint8Array, encoder: TextEncoder): Uint8Array<ArrayBuffer> {
  if (typeof chunk === 'string') return encoder.encode(chunk)
  if (chunk instanceof Uint8Array) return chunk as Uint8Array<ArrayBuffer>
  throw new TypeError(`stream: a chunk must be a string or a Uint8Array, got ${typeof chunk}`)
}
