/**
 * A stream that is written by hand, one block whenever its reader wants one: blocks go straight from who makes them to
 * who reads them, and none is made ahead.
 */
export class BodyChannel {
  readonly stream: ReadableStream<Uint8Array>
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #demand = settleable()
  #over = false

  /** `onCancel` is called when the reader does not want the rest. */
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

  /** Settles when the reader waits for a block; rejects with the reader's reason when it has left. */
  get demand(): Promise<void> {
    return this.#demand.promise
  }

  /** Whether the reader has left. */
  get cancelled(): boolean {
    return this.#over
  }

  /** Hands over a block that the reader waits for. */
  put(block: Uint8Array): void {
    this.#demand = settleable()
    this.#controller.enqueue(block)
  }

  close(): void {
    if (!this.#over) this.#controller.close()
  }

  /** Cuts the stream off; what fails because the reader has left is not news. */
  fail(error: unknown): void {
    if (!this.#over) this.#controller.error(error)
  }
}

function settleable(): PromiseWithResolvers<void> {
  const made = Promise.withResolvers<void>()
  // A reader may leave while nobody waits for it.
  made.promise.catch(() => {})
  return made
}
