/** A stream without a buffer: the writer waits until the reader requests a block. */
export class BodyChannel {
  readonly stream: ReadableStream<Uint8Array>
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #demand = withResolvers()
  #over = false

  /** `onCancel` is called when the reader cancels. */
  constructor(onCancel: () => Promise<void>) {
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#demand.resolve(),
        cancel: (reason) => {
          this.#over = true
          this.#demand.reject(reason)
          return onCancel()
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** Resolves when the reader requests a block; rejects with the reader's reason if it cancels. */
  get demand(): Promise<void> {
    return this.#demand.promise
  }

  /** Whether the reader has cancelled. */
  get cancelled(): boolean {
    return this.#over
  }

  /** Passes the requested block to the reader. */
  put(block: Uint8Array): void {
    this.#demand = withResolvers()
    this.#controller.enqueue(block)
  }

  close(): void {
    if (!this.#over) this.#controller.close()
  }

  /** Makes the stream fail, unless the reader has cancelled. */
  fail(error: unknown): void {
    if (!this.#over) this.#controller.error(error)
  }
}

function withResolvers(): PromiseWithResolvers<void> {
  const made = Promise.withResolvers<void>()
  // The reader can cancel while no writer is waiting.
  made.promise.catch(() => {})
  return made
}
