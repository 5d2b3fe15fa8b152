import { HttpError } from '@tsgi/core'
import type { Connection } from './connection.ts'
import { CHUNKED, type RequestHead } from './request-head.ts'

/**
 * The body of one request as a stream of bytes. The connection is asked for a piece only when the application reads,
 * and so the client is held back while it does not.
 */
export class RequestBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly #limit: number
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>
  #received = 0
  #state: 'untouched' | 'reading' | 'over' = 'untouched'

  /** @param onFirstRead Called once, when the application begins to read. */
  constructor(connection: Connection, { bodyLength }: RequestHead, limit: number, onFirstRead: () => void) {
    this.#limit = limit
    this.stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          if (this.#state === 'untouched') {
            if (bodyLength !== CHUNKED && bodyLength > limit) {
              this.fail(tooLarge(limit))
              return
            }
            this.#state = 'reading'
            onFirstRead()
          }
          connection.read()
        },
        cancel: () => {
          this.#state = 'over'
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** Whether the application is in the middle of it. */
  get isReading(): boolean {
    return this.#state === 'reading'
  }

  push(chunk: Buffer): void {
    if (this.#state === 'over') return
    this.#received += chunk.byteLength
    if (this.#received > this.#limit) this.fail(tooLarge(this.#limit))
    // A view of the class that the standard promises: `Buffer` has its own meaning of `slice`.
    else
      this.#controller.enqueue(
        new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength),
      )
  }

  end(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#controller.close()
  }

  /** Makes reading fail, now or when it begins. */
  fail(error: unknown): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#controller.error(error)
  }
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than ${limit} bytes.`)
}
