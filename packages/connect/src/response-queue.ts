/** The events of a {@link ResponseQueue}. */
export interface ResponseQueueEvents {
  /** The queue has room again after `write` has returned false. */
  drain(): void
  /** The reader has cancelled. */
  cancel(): void
}

/** The number of queued bytes from which `write` returns false: the default of Node's streams. */
const HIGH_WATER_MARK = 16 * 1024

/** A response body that is written like a Node stream and read as a web stream. */
export class ResponseQueue {
  readonly stream: ReadableStream<Uint8Array>
  #controller!: ReadableStreamDefaultController<Uint8Array>
  readonly #events: ResponseQueueEvents
  readonly #chunks: Uint8Array[] = []
  #size = 0
  #needsDrain = false
  #isReading = false
  #ended = false
  #closed = false

  constructor(events: ResponseQueueEvents) {
    this.#events = events
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          this.#isReading = true
          this.#deliver()
        },
        cancel: () => {
          this.#closed = true
          events.cancel()
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** Adds a chunk. Returns whether there is room for more. */
  write(chunk: Uint8Array): boolean {
    if (this.#closed) return true
    this.#chunks.push(chunk)
    this.#size += chunk.byteLength
    this.#deliver()
    this.#needsDrain = this.#size >= HIGH_WATER_MARK
    return !this.#needsDrain
  }

  end(): void {
    this.#ended = true
    this.#deliver()
  }

  fail(error: unknown): void {
    if (this.#closed) return
    this.#closed = true
    this.#controller.error(error)
  }

  #deliver(): void {
    if (this.#closed) return
    const chunk = this.#isReading ? this.#chunks.shift() : undefined
    if (chunk !== undefined) {
      this.#isReading = false
      this.#size -= chunk.byteLength
      this.#controller.enqueue(chunk)
    }
    if (this.#ended && this.#chunks.length === 0) {
      this.#closed = true
      this.#controller.close()
    } else if (this.#needsDrain && this.#size < HIGH_WATER_MARK) {
      this.#needsDrain = false
      this.#events.drain()
    }
  }
}
