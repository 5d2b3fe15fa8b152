import type { Socket } from 'node:net'

/**
 * The body of a backend's response as a stream, read no faster than its reader takes it. A reader that cancels ends
 * the connection; a connection that ends early errors the stream.
 */
export class UpstreamBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly #socket: Socket
  /** Bytes that have not come; undefined where the connection's end ends it. */
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
          // The silence before was the reader's.
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

  /** Whether someone waits for the backend to send more. */
  get awaited(): boolean {
    return this.#awaited && !this.#over
  }

  /** Takes what came. What is more than the declared length is not the body's. */
  push(chunk: Buffer): void {
    if (this.#over) return
    const part = chunk.subarray(0, this.#missing ?? chunk.byteLength)
    if (part.byteLength > 0) {
      this.#socket.pause()
      this.#awaited = false
      this.#controller.enqueue(new Uint8Array(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength))
    }
    if (this.#missing === undefined) return
    this.#missing -= part.byteLength
    if (this.#missing === 0) this.#close()
  }

  /** Says that the backend has ended its side. */
  end(): void {
    if (this.#over) return
    if (this.#missing === undefined) this.#close()
    else this.fail(new Error(`The uwsgi server ended ${this.#missing} bytes before its Content-Length`))
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
