import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Readable } from 'node:stream'
import { HttpError } from '@tsgi/core'

/** What the body of a request is read under. */
export interface RequestBodyInit {
  readonly source: IncomingMessage | ServerHttp2Stream
  /** Bytes after which reading fails with 413. */
  readonly limit: number
  /** What Content-Length says; undefined for a chunked body. */
  readonly declared: number | undefined
  /** Called once, when the application begins to read. */
  readonly onFirstRead: () => void
}

/**
 * The body of one request as a stream of bytes. Nothing is taken from the socket before the application reads, and
 * no more than it reads: while it waits, TCP holds the client back.
 */
export class RequestBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly #init: RequestBodyInit
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>
  #received = 0
  #state: 'untouched' | 'reading' | 'over' = 'untouched'

  constructor(init: RequestBodyInit) {
    this.#init = init
    this.stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#pull(),
        cancel: () => this.#stop(),
      },
      { highWaterMark: 0 },
    )
  }

  /** Whether the application is in the middle of it. */
  get reading(): boolean {
    return this.#state === 'reading'
  }

  /** Makes reading fail, now or when it begins. */
  fail(error: unknown): void {
    if (this.#state === 'over') return
    this.#stop()
    this.#controller.error(error)
  }

  #pull(): void {
    const { declared, limit, onFirstRead } = this.#init
    const source: Readable = this.#init.source
    if (this.#state === 'untouched') {
      if (declared !== undefined && declared > limit) {
        this.fail(tooLarge(limit))
        return
      }
      this.#state = 'reading'
      source.on('data', this.#onData)
      source.on('end', this.#onEnd)
      source.on('error', this.#onCut)
      source.on('close', this.#onCut)
      onFirstRead()
      if (source.destroyed) this.#onCut()
    }
    source.resume()
  }

  #stop(): void {
    if (this.#state === 'reading') {
      const source: Readable = this.#init.source
      source.pause()
      source.off('data', this.#onData)
      source.off('end', this.#onEnd)
      source.off('close', this.#onCut)
      // `#onCut` stays on 'error': an error that nobody listens for would end the process.
    }
    this.#state = 'over'
  }

  readonly #onData = (chunk: Buffer<ArrayBuffer>): void => {
    this.#init.source.pause()
    this.#received += chunk.byteLength
    if (this.#received > this.#init.limit) {
      this.fail(tooLarge(this.#init.limit))
      return
    }
    // A view of the class that the standard promises: `Buffer` has its own meaning of `slice`.
    this.#controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  }

  readonly #onEnd = (): void => {
    // Node ends the request of a stream of HTTP/2 that was reset as if it were whole.
    if ('rstCode' in this.#init.source && (this.#init.source.aborted || this.#init.source.rstCode !== 0)) {
      this.#onCut()
      return
    }
    this.#stop()
    this.#controller.close()
  }

  readonly #onCut = (): void => {
    this.fail(new HttpError(400, 'The request was cut off.'))
  }
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than ${limit} bytes.`)
}
