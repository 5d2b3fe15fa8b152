import { HttpError } from '@tsgi/core'

/** What the body of a request is read under. */
export interface RequestBodyInit {
  /** Its bytes, as `CONTENT_LENGTH` says. */
  readonly length: number
  /** Bytes after which reading fails with 413. */
  readonly limit: number
  /** Stops what comes, and has it come on. */
  readonly socket: { pause(): unknown; resume(): unknown }
}

/** Bytes that are held for an application that is not reading. */
const ROOM = 64 * 1024

/** What is read of a body after its response, in bytes and milliseconds. */
const DRAIN_BYTES = 16 * 1024 * 1024
const DRAIN_MS = 5_000

/**
 * The body of one request as a stream. What arrives is held until the application reads, up to 64 KiB: beyond, the
 * transport holds the front end back. So a front end that leaves is noticed while a small body waits to be read.
 */
export class RequestBody {
  readonly #init: RequestBodyInit
  /** Bytes that have not arrived. */
  #missing: number
  #held: Uint8Array<ArrayBuffer>[] = []
  #heldBytes = 0
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
  /** Whether someone waits for the next chunk. */
  #wanted = false
  #failure: { error: unknown } | undefined
  /** Whether nothing of it is wanted any more. */
  #over = false
  #expired = false
  /** Told when the rest was read that nobody wants, of which there is room for so much. */
  #onDrained: (() => void) | undefined
  #room = DRAIN_BYTES
  #timer: NodeJS.Timeout | undefined

  constructor(init: RequestBodyInit) {
    this.#init = init
    this.#missing = init.length
  }

  /** Whether all of it has arrived. */
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

  /** Takes what arrived. What is more than the declared length belongs to nobody. */
  push(chunk: Uint8Array<ArrayBuffer>): void {
    const part = chunk.byteLength > this.#missing ? chunk.subarray(0, this.#missing) : chunk
    this.#missing -= part.byteLength
    if (this.#onDrained !== undefined) {
      this.#room -= part.byteLength
      if (this.complete || this.#room < 0) this.#endDrain()
    }
    if (this.#over || part.byteLength === 0) return
    this.#held.push(part)
    this.#heldBytes += part.byteLength
    if (this.#wanted) this.#give()
    else if (this.#heldBytes > ROOM && !this.complete) this.#init.socket.pause()
  }

  /** Says that the time for it is over. */
  expire(): void {
    this.#expired = true
    this.fail(new HttpError(408, 'The request took too long to arrive.'))
  }

  /** Says that no more will come. */
  cutOff(): void {
    if (!this.complete) this.fail(new HttpError(400, 'The request was cut off.'))
    this.#endDrain()
  }

  /** Makes reading fail, now or when it begins, unless all was read. */
  fail(error: unknown): void {
    if (this.#over) return
    this.#stop()
    this.#failure = { error }
    this.#controller?.error(error)
  }

  /** Reads the rest without keeping it; calls `done` at its end, or when that is too far or its time is over. */
  drain(done: () => void): void {
    if (this.complete || this.#expired) {
      done()
      return
    }
    this.fail(new HttpError(400, 'The response ended before the request was read.'))
    this.#onDrained = done
    this.#timer = setTimeout(() => this.#endDrain(), DRAIN_MS)
  }

  #endDrain(): void {
    clearTimeout(this.#timer)
    this.#onDrained?.()
    this.#onDrained = undefined
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
    } else if (this.#heldBytes <= ROOM) {
      this.#init.socket.resume()
    }
  }

  #stop(): void {
    this.#over = true
    this.#held = []
    this.#heldBytes = 0
    // What is on its way is read, and goes nowhere: the front end may hear nothing before it has sent all.
    this.#init.socket.resume()
  }
}
