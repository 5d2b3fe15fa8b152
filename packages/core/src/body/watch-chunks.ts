import { ChunkSource } from './chunk-source.ts'
import { type Chunk, type Feed, letGo, type Source } from './feed.ts'

/** What is told of the chunks of an iterator as they pass. What it throws cuts the body off. */
export interface ChunkWatcher {
  chunk(bytes: number): void
  end(): void
}

/** The same chunks, watched, as an iterator still: what is at hand stays at hand. */
export function watchChunks(chunks: ChunkSource, watcher: ChunkWatcher): ChunkSource {
  return new ChunkSource(new WatchedFeed(chunks.take(), watcher))
}

class WatchedFeed implements Feed {
  readonly silence: Feed['silence']
  readonly source: Source<unknown>
  readonly #feed: Feed
  readonly #watcher: ChunkWatcher

  constructor(feed: Feed, watcher: ChunkWatcher) {
    this.#feed = feed
    this.#watcher = watcher
    this.silence = feed.silence
    this.source = { next: () => this.#next(), return: () => letGo(feed.source) }
  }

  #next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>> {
    const result = this.#feed.source.next()
    return 'then' in result ? result.then((result) => this.#passed(result)) : this.#passed(result)
  }

  #passed(result: IteratorResult<unknown>): IteratorResult<unknown> {
    if (result.done) this.#watcher.end()
    return result
  }

  toChunk(value: unknown): Chunk {
    const chunk = this.#feed.toChunk(value)
    this.#watcher.chunk(typeof chunk === 'string' ? new TextEncoder().encode(chunk).length : chunk.length)
    return chunk
  }
}
