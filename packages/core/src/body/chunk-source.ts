import { toByteStream } from './byte-stream.ts'
import type { Feed } from './feed.ts'

/**
 * The body of a light response that is streamed: an iterator that no stream was made around. Responses that were made
 * of one another share it, as they would share a stream, and it is sent once: either a gateway takes the iterator, or
 * someone asked one of them for its body.
 */
export class ChunkSource {
  readonly #feed: Feed
  #isTaken = false
  #opened: Response | undefined

  constructor(feed: Feed) {
    this.#feed = feed
  }

  /** Whether it was neither taken nor opened. */
  get isUntouched(): boolean {
    return !this.#isTaken && this.#opened === undefined
  }

  /** The iterator itself, for the one who reads it to its end or lets it go. */
  take(): Feed {
    this.#isTaken = true
    return this.#feed
  }

  /** A response of the runtime that has the body as its stream; one that was taken is being read. */
  open(): Response {
    if (this.#opened === undefined) {
      this.#opened = new Response(this.#isTaken ? new ReadableStream() : toByteStream(this.#feed))
      if (this.#isTaken) void this.#opened.body?.getReader().read()
    }
    return this.#opened
  }
}
