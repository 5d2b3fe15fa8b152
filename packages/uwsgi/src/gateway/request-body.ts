import { HttpError } from '@tsgi/core'

/** The options of a {@link RequestBody}. */
export interface RequestBodyInit {
  /** `CONTENT_LENGTH` in bytes. */
  readonly length: number
  /** Maximum number of bytes; reading a larger body fails with 413. */
  readonly limit: number
  /** The connection, for back-pressure. */
  readonly socket: { pause(): unknown; resume(): unknown }
}

/** Maximum number of bytes buffered while the application does not read. */
const BUFFER_SIZE = 64 * 1024

/** Maximum bytes and milliseconds spent on discarding an unread body after the response. */
const DISCARD_BYTES = 16 * 1024 * 1024
const DISCARD_MS = 5_000

/**
 * A request body as a stream. Up to 64 KiB are buffered until the application reads; then the socket is paused. The
 * buffer lets the gateway notice a disconnect while a small body is still unread.
 */
export class RequestBody {
  readonly #init: RequestBodyInit
  /** Bytes that have not arrived yet. */
  #missing: number
  #held: Uint8Array<ArrayBuffer>[] = []
  #heldBytes = 0
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
  /** Whether a read is pending. */
  #wanted = false
  #failure: { error: unknown } | undefined
  /** Whether the stream has ended, failed or been cancelled. */
  #over = false
  #expired = false
  /** Called when the rest of the body has been discarded. */
  #onDiscarded: (() => void) | undefined
  #discardable = DISCARD_BYTES
  #timer: NodeJS.Timeout | undefined

  constructor(init: RequestBodyInit) {
    this.#init = init
    this.#missing = init.length
  }

  /** Whether the whole body has arrived. */
  get complete(): boolean {
    return this.#missing === 0
  }

  get stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#stream ??= new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller
          if (this.#failure) controller.error(this.#failure.error)
        },
        pull: () => this.#pull(),
        cancel: () => this.#stop(),
      },
      { highWaterMark: 0 },
    )
    return this.#stream
  }

  /** Adds a chunk. Ignores bytes beyond the declared length. */
  push(chunk: Uint8Array<ArrayBuffer>): void {
    const part = chunk.byteLength > this.#missing ? chunk.subarray(0, this.#missing) : chunk
    this.#missing -= part.byteLength
    if (this.#onDiscarded !== undefined) {
      this.#discardable -= part.byteLength
      if (this.complete || this.#discardable < 0) this.#endDiscard()
    }
    if (this.#over || part.byteLength === 0) return
    this.#held.push(part)
    this.#heldBytes += part.byteLength
    if (this.#wanted) this.#give()
    else if (this.#heldBytes > BUFFER_SIZE && !this.complete) this.#init.socket.pause()
  }

  /** Fails the body because its timeout has expired. */
  expire(): void {
    this.#expired = true
    this.fail(new HttpError(408, 'The request took too long to arrive.'))
  }

  /** Fails the body if it is incomplete when the connection ends. */
  cutOff(): void {
    if (!this.complete) this.fail(new HttpError(400, 'The request was cut off.'))
    this.#endDiscard()
  }

  /** Makes pending and future reads fail, unless the body has been read to its end. */
  fail(error: unknown): void {
    if (this.#over) return
    this.#stop()
    this.#failure = { error }
    this.#controller?.error(error)
  }

  /** Discards the rest of the body, then calls `done`. Gives up after a number of bytes and a time. */
  discard(done: () => void): void {
    if (this.complete || this.#expired) {
      done()
      return
    }
    this.fail(new HttpError(400, 'The response ended before the request was read.'))
    this.#onDiscarded = done
    this.#timer = setTimeout(() => this.#endDiscard(), DISCARD_MS)
  }

  #endDiscard(): void {
    clearTimeout(this.#timer)
    this.#onDiscarded?.()
    this.#onDiscarded = undefined
  }

  #pull(): void {
    const { length, limit, socket } = this.#init
    if (length > limit) {
      this.fail(new HttpError(413, `The request body is larger than ${limit} bytes.`))
      return
    }
    this.#wanted = true
    if (this.#held.length > 0 || this.complete) this.#give()
    else socket.resume()
  }

  #give(): void {
    const chunk = this.#held.shift()
    this.#wanted = false
    if (chunk !== undefined) {
      this.#heldBytes -= chunk.byteLength
      this.#controller!.enqueue(chunk)
    }
    if (this.complete && this.#held.length === 0) {
      this.#over = true
      this.#controller!.close()
    } else if (this.#heldBytes <= BUFFER_SIZE) {
      this.#init.socket.resume()
    }
  }

  #stop(): void {
    this.#over = true
    this.#held = []
    this.#heldBytes = 0
    // Keep reading and discarding: some front ends read the response only after they have sent everything.
    this.#init.socket.resume()
  }
}
