/** What is told of a body as it is read. */
export interface QueueEvents {
  /** There is room for more, after there was none. */
  drain(): void
  /** The reader does not want the rest. */
  cancel(): void
}

/** Bytes that may wait before who writes is asked to wait: Node's own measure. */
const ROOM = 16 * 1024

/** A stream that is written to as Node's are: a write always succeeds, and says whether there is room for more. */
export class BodyQueue {
  readonly stream: ReadableStream<Uint8Array>
  #controller!: ReadableStreamDefaultController<Uint8Array>
  readonly #events: QueueEvents
  readonly #waiting: Uint8Array[] = []
  #size = 0
  #needsDrain = false
  #wanted = false
  #ended = false
  #over = false

  constructor(events: QueueEvents) {
    this.#events = events
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          this.#wanted = true
          this.#hand()
        },
        cancel: () => {
          this.#over = true
          events.cancel()
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** Takes a chunk; says whether there is room for more. */
  write(chunk: Uint8Array): boolean {
    // Nobody is left to wait for.
    if (this.#over) return true
    this.#waiting.push(chunk)
    this.#size += chunk.byteLength
    this.#hand()
    this.#needsDrain = this.#size >= ROOM
    return !this.#needsDrain
  }

  end(): void {
    this.#ended = true
    this.#hand()
  }

  fail(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#controller.error(error)
  }

  #hand(): void {
    if (this.#over) return
    const chunk = this.#wanted ? this.#waiting.shift() : undefined
    if (chunk !== undefined) {
      this.#wanted = false
      this.#size -= chunk.byteLength
      this.#controller.enqueue(chunk)
    }
    if (this.#ended && this.#waiting.length === 0) {
      this.#over = true
      this.#controller.close()
    } else if (this.#needsDrain && this.#size < ROOM) {
      this.#needsDrain = false
      this.#events.drain()
    }
  }
}
