import { ChunkSource } from '../body/chunk-source.ts'
import { type Chunk, type Feed, letGo } from '../body/feed.ts'

/** What the body of a response is read from, be it a stream or an iterator. */
export interface BodyReader extends Pick<Feed, 'toChunk' | 'silence'> {
  /** What comes next; a promise only where the body has to be waited for. */
  next(): IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>
  /** Tells the body that nothing more will be asked of it. */
  letGo(reason: unknown): Promise<void>
}

/** @throws TypeError where the body was read, or is being read. */
export function bodyReader(body: ReadableStream<Uint8Array> | ChunkSource): BodyReader {
  return body instanceof ChunkSource ? new FeedReader(body.take()) : new StreamReader(body)
}

class FeedReader implements BodyReader {
  readonly silence: Feed['silence']
  readonly #feed: Feed

  constructor(feed: Feed) {
    this.#feed = feed
    this.silence = feed.silence
  }

  next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>> {
    return this.#feed.source.next()
  }

  toChunk(value: unknown): Chunk {
    return this.#feed.toChunk(value)
  }

  letGo(): Promise<void> {
    return letGo(this.#feed.source)
  }
}

class StreamReader implements BodyReader {
  readonly silence = undefined
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader()
  }

  next(): Promise<IteratorResult<unknown>> {
    return this.#reader.read() as Promise<IteratorResult<unknown>>
  }

  toChunk(value: unknown): Uint8Array {
    if (value instanceof Uint8Array) return value
    throw new TypeError(`The body of the response holds a ${typeof value}, not bytes`)
  }

  letGo(reason: unknown): Promise<void> {
    return this.#reader.cancel(reason)
  }
}
