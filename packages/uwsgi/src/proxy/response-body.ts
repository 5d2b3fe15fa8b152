import type { Socket } from 'node:net'

/**
 * The body of a backend's response as a stream with back-pressure. Cancelling it closes the connection. If the connection
 * closes early, the stream fails.
 */
export class ResponseBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly #socket: Socket
  /** Bytes that have not arrived yet; undefined if the body ends with the connection. */
  #missing: number | undefined
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>
  #over = false
  #awaited = false

  constructor(socket: Socket, length: number | undefined) {
    this.#socket = socket
    this.#missing = length
    this.stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          this.#awaited = true
          // Restart the timeout: until now the reader was slow, not the backend.
          socket.setTimeout(socket.timeout ?? 0)
          socket.resume()
        },
        cancel: () => {
          this.#over = true
          socket.destroy()
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** Whether a read is waiting for the backend. */
  get awaited(): boolean {
    return this.#awaited && !this.#over
  }

  /** Adds a chunk, ignoring bytes beyond the declared length. Returns whether to continue reading immediately. */
  push(chunk: Uint8Array<ArrayBuffer>): boolean {
    if (this.#over) return false
    const part = chunk.subarray(0, this.#missing ?? chunk.byteLength)
    if (part.byteLength > 0) {
      this.#awaited = false
      this.#controller.enqueue(part)
    }
    if (this.#missing !== undefined) {
      this.#missing -= part.byteLength
      if (this.#missing === 0) this.#close()
    }
    return this.awaited
  }

  /** Ends the body because the backend has closed the connection. */
  end(): void {
    if (this.#over) return
    if (this.#missing === undefined) this.#close()
    else
      this.fail(
        new Error(`The uwsgi server closed the connection ${this.#missing} bytes before its Content-Length`),
      )
  }

  fail(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#controller.error(error)
  }

  #close(): void {
    this.#over = true
    this.#controller.close()
    this.#socket.destroy()
  }
}
