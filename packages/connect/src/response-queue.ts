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
  #needsDrain = false
  #closed = false

  constructor(events: ResponseQueueEvents) {
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        // Called when the queue has room.
        pull: () => {
          if (!this.#needsDrain) return
          this.#needsDrain = false
          events.drain()
        },
        cancel: () => {
          this.#closed = true
          events.cancel()
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_MARK }),
    )
  }

  /** Adds a chunk. Returns whether there is room for more. */
  write(chunk: Uint8Array): boolean {
    if (this.#closed) return true
    this.#controller.enqueue(chunk)
    this.#needsDrain = this.#controller.desiredSize! <= 0
    return !this.#needsDrain
  }

  /** Called once, after the last chunk. */
  end(): void {
    if (!this.#closed) this.#controller.close()
  }

  /** Drops the chunks that have not been read. */
  fail(error: unknown): void {
    this.#closed = true
    this.#controller.error(error)
  }
}
