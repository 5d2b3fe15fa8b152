import type { Dispatcher } from 'undici'

/**
 * The body of an upstream response as a stream with back-pressure. Cancelling it aborts the request. If the upstream server
 * fails, the stream fails, too.
 */
export class ResponseBody {
  readonly stream: ReadableStream<Uint8Array>
  readonly #upstream: Dispatcher.DispatchController
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #isOver = false

  constructor(upstream: Dispatcher.DispatchController) {
    this.#upstream = upstream
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          if (!this.#isOver) upstream.resume()
        },
        cancel: (reason) => {
          this.#isOver = true
          upstream.abort(new Error('The response is not needed', { cause: reason }))
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_BUFFERED }),
    )
  }

  push(chunk: Uint8Array): void {
    // undici repeats an empty chunk each time the parser resumes.
    if (this.#isOver || chunk.byteLength === 0) return
    this.#controller.enqueue(chunk)
    if (this.#controller.desiredSize! <= 0) this.#upstream.pause()
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#controller.close()
  }

  fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#controller.error(error)
  }
}

/** How many bytes wait for the client before the upstream server has to pause. */
const MAX_BUFFERED = 64 * 1024
