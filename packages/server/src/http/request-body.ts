import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Readable } from 'node:stream'
import { HttpError } from '@tsgi/core'
import { CollectedChunks } from './collected-chunks.ts'

/** Number of bytes below which a chunk is joined with those that arrive in the same turn. */
const SMALL = 1024

/** The options of {@link RequestBody}. */
export interface RequestBodyInit {
  readonly source: IncomingMessage | ServerHttp2Stream
  /** Maximum number of bytes; reading a larger body fails with 413. */
  readonly limit: number
  /** The value of Content-Length; undefined for a chunked body. */
  readonly declared: number | undefined
  /** Called once, when the application starts to read. */
  readonly onFirstRead: () => void
}

/**
 * The body of a request, as a stream or as a whole. Nothing is read from the socket before the application reads, and a
 * stream is read no faster than the application reads it (back-pressure).
 */
export class RequestBody {
  readonly #init: RequestBodyInit
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
  #whole: Whole | undefined
  #received = 0
  /** Whether the last chunk of the stream was small, so that others may follow in the same turn. */
  #isSmall = false
  #state: 'untouched' | 'reading' | 'over' = 'untouched'
  #failure: { readonly error: unknown } | undefined

  constructor(init: RequestBodyInit) {
    this.#init = init
  }

  /** Whether the application has started to read and has not finished. */
  get reading(): boolean {
    return this.#state === 'reading'
  }

  get stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#stream ??= new ReadableStream<Uint8Array<ArrayBuffer>>(
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

  /** Reads the whole body of at most `limit` bytes. */
  read(limit: number): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      this.#whole = {
        chunks: new CollectedChunks(),
        limit: Math.min(limit, this.#init.limit),
        resolve,
        reject,
      }
      if (this.#failure) reject(this.#failure.error)
      else this.#begin(this.#whole.limit)
    })
  }

  /** Makes reading fail, now or when it starts. */
  fail(error: unknown): void {
    if (this.#state === 'over') return
    this.#stop()
    this.#failure = { error }
    this.#whole?.reject(error)
    this.#controller?.error(error)
  }

  #begin(limit: number): void {
    const { declared, onFirstRead } = this.#init
    const source: Readable = this.#init.source
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
    // Node ends an HTTP/2 stream without any data even if nobody reads it.
    if (source.readableEnded) this.#onEnd()
    else if (source.destroyed) this.#onCut()
  }

  #pull(): void {
    if (this.#state === 'untouched') this.#begin(this.#init.limit)
    else if (this.#isSmall) setImmediate(this.#next)
    else this.#next()
  }

  /** Takes everything that has arrived since the last chunk, by the event 'data', or waits for more. */
  readonly #next = (): void => {
    const source: Readable = this.#init.source
    if (this.#state !== 'reading') return
    if (source.readableLength === 0 || source.read() === null) source.resume()
  }

  /** Stops receiving. */
  #stop(): void {
    if (this.#state === 'reading') {
      const source: Readable = this.#init.source
      source.pause()
      source.off('data', this.#onData)
      source.off('end', this.#onEnd)
      source.off('close', this.#onCut)
      // Keep the listener for 'error': an error without a listener ends the process.
    }
    this.#state = 'over'
  }

  readonly #onData = (chunk: Buffer<ArrayBuffer>): void => {
    const whole = this.#whole
    const limit = whole?.limit ?? this.#init.limit
    this.#received += chunk.byteLength
    if (this.#received > limit) {
      this.fail(tooLarge(limit))
    } else if (whole === undefined) {
      this.#init.source.pause()
      this.#isSmall = chunk.byteLength < SMALL
      this.#controller!.enqueue(plainBytes(chunk))
    } else {
      whole.chunks.add(chunk)
    }
  }

  readonly #onEnd = (): void => {
    // Node emits 'end' for an HTTP/2 stream that was reset, too.
    if ('rstCode' in this.#init.source && (this.#init.source.aborted || this.#init.source.rstCode !== 0)) {
      this.#onCut()
      return
    }
    this.#finish()
  }

  readonly #onCut = (): void => {
    if (this.#hasArrived) this.#takeRest()
    else this.fail(new HttpError(400, 'The request was cut off.'))
  }

  /** Whether the client sent everything before it disconnected. */
  get #hasArrived(): boolean {
    const { source, declared } = this.#init
    if ('complete' in source) return source.complete
    return this.#received + source.readableLength === declared
  }

  /** Reads what Node has buffered. After a disconnect, it emits no more of it. */
  #takeRest(): void {
    const source: Readable = this.#init.source
    source.off('data', this.#onData)
    for (;;) {
      if (this.#state === 'over') return
      const chunk: Buffer<ArrayBuffer> | null = source.read()
      if (chunk === null) break
      this.#onData(chunk)
    }
    this.#finish()
  }

  #finish(): void {
    this.#state = 'over'
    this.#controller?.close()
    this.#whole?.resolve(plainBytes(this.#whole.chunks.joined()))
  }
}

/** A pending read of the whole body. */
interface Whole {
  readonly chunks: CollectedChunks
  readonly limit: number
  resolve(bytes: Uint8Array<ArrayBuffer>): void
  reject(error: unknown): void
}

/** Returns a plain view of the bytes, as the standard requires: `slice` of a `Buffer` does not copy. */
function plainBytes(chunk: Buffer<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than ${limit} bytes.`)
}
