import { HttpError } from '@tsgi/core'
import type { Connection } from './connection.ts'
import { CHUNKED, type RequestHead } from './request-head.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** A pending read of a whole body. */
interface Whole {
  readonly chunks: Buffer[]
  readonly limit: number
  resolve(bytes: Bytes): void
  reject(error: unknown): void
}

/**
 * The body of one request, as a stream or whole. Asks the connection for a piece only when the application reads, so that
 * the client has to wait while it does not.
 */
export class RequestBody {
  readonly #connection: Connection
  readonly #length: number
  readonly #limit: number
  readonly #onFirstRead: () => void
  #stream: ReadableStream<Bytes> | undefined
  #controller: ReadableStreamDefaultController<Bytes> | undefined
  #whole: Whole | undefined
  #received = 0
  #state: 'untouched' | 'reading' | 'over' = 'untouched'
  #failure: { readonly error: unknown } | undefined

  /** @param onFirstRead Called once, when the application starts to read. */
  constructor(connection: Connection, { bodyLength }: RequestHead, limit: number, onFirstRead: () => void) {
    this.#connection = connection
    this.#length = bodyLength
    this.#limit = limit
    this.#onFirstRead = onFirstRead
  }

  /** Whether the application has read a part of it. */
  get isReading(): boolean {
    return this.#state === 'reading'
  }

  get isOver(): boolean {
    return this.#state === 'over'
  }

  get stream(): ReadableStream<Bytes> {
    this.#stream ??= new ReadableStream<Bytes>(
      {
        start: (controller) => {
          this.#controller = controller
          if (this.#failure) controller.error(this.#failure.error)
        },
        pull: () => this.#read(this.#limit),
        cancel: () => {
          this.#state = 'over'
        },
      },
      { highWaterMark: 0 },
    )
    return this.#stream
  }

  /** Reads the whole body, at most `limit` bytes. */
  read(limit: number): Promise<Bytes> {
    return new Promise((resolve, reject) => {
      this.#whole = { chunks: [], limit: Math.min(limit, this.#limit), resolve, reject }
      if (this.#failure) reject(this.#failure.error)
      else this.#read(this.#whole.limit)
    })
  }

  push(chunk: Buffer): void {
    if (this.#state === 'over') return
    const whole = this.#whole
    const limit = whole?.limit ?? this.#limit
    this.#received += chunk.byteLength
    if (this.#received > limit) this.fail(tooLarge(limit))
    else if (whole === undefined) this.#controller!.enqueue(plainBytes(chunk))
    else {
      whole.chunks.push(chunk)
      this.#connection.read()
    }
  }

  end(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#controller?.close()
    const whole = this.#whole
    whole?.resolve(plainBytes(whole.chunks.length === 1 ? whole.chunks[0]! : Buffer.concat(whole.chunks)))
  }

  /** Makes the current or next read fail. */
  fail(error: unknown): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#failure = { error }
    this.#whole?.reject(error)
    this.#controller?.error(error)
  }

  #read(limit: number): void {
    if (this.#state === 'untouched') {
      if (this.#length !== CHUNKED && this.#length > limit) {
        this.fail(tooLarge(limit))
        return
      }
      this.#state = 'reading'
      this.#onFirstRead()
    }
    this.#connection.read()
  }
}

/** Returns a `Uint8Array`, because `Buffer` has a different `slice`. */
function plainBytes(chunk: Buffer): Bytes {
  return new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength)
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than ${limit} bytes.`)
}
