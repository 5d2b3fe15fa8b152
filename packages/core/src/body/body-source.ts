import { describe } from '../options/describe.ts'
import { ignoreRejection } from '../options/ignore-rejection.ts'
import { captureContext } from './async-context.ts'
import { type Chunk, toOwnBytes } from './chunk.ts'
import { type ChunkIterator, FormDataReader, isNodeFormData, StreamReader } from './chunk-iterator.ts'
import { type End, endOf, setEnd } from './early-end.ts'
import { KeepAlive, type KeepAliveInit } from './keep-alive.ts'

/**
 * The body of a streamed response: an iterator, and a function that converts its values to chunks. A `ReadableStream` is
 * created only on demand.
 *
 * Responses that are derived from one another share their source, as they would share a stream. It can be read only once:
 * either a gateway takes it, or {@link open} turns it into a stream.
 */
export class BodySource {
  /** Converts a value to a chunk. Throws if the value cannot be sent. */
  readonly encode: (value: unknown) => Chunk
  readonly keepAlive: KeepAliveInit | undefined
  /** Ends the body early and cleanly; undefined if it cannot end early. */
  readonly end: End | undefined
  readonly #iterator: ChunkIterator
  /** Runs code in the asynchronous context in which the body was made. */
  readonly #run = captureContext?.()
  #isTaken = false
  #opened: Response | undefined

  constructor(
    iterator: ChunkIterator,
    encode: (value: unknown) => Chunk,
    {
      keepAlive,
      end,
    }: { readonly keepAlive?: KeepAliveInit | undefined; readonly end?: End | undefined } = {},
  ) {
    this.#iterator = iterator
    this.encode = encode
    this.keepAlive = keepAlive
    this.end = end
  }

  /**
   * Reads a stream, which is locked from the first read on.
   *
   * @param encode Checks a chunk.
   */
  static fromStream(
    stream: ReadableStream<Uint8Array>,
    encode: (value: unknown) => Chunk = checkBytes,
  ): BodySource {
    return new BodySource(new StreamReader(stream), encode, { end: endOf(stream) })
  }

  /** Reads the body of a response that is not light; null if it has none. */
  static fromResponse(response: Response): BodySource | null {
    const { body } = response
    if (body === null) return null
    const reader = isNodeFormData(response) ? new FormDataReader(body) : new StreamReader(body)
    return new BodySource(reader, checkBytes, { end: endOf(body) })
  }

  get isUntouched(): boolean {
    return !this.#isTaken && this.#opened === undefined
  }

  /** Claims the source for a reader, which must read it to its end or cancel it. */
  take(): this {
    this.#isTaken = true
    return this
  }

  /** Returns a native response with this body, which is locked if the source was taken. */
  open(): Response {
    if (this.#opened === undefined) {
      this.#opened = new Response(this.#isTaken ? new ReadableStream() : this.toStream())
      if (this.#isTaken) void this.#opened.body?.getReader().read()
    }
    return this.#opened
  }

  /** Returns the next value, or a promise only if the value is not available yet. */
  next(): IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>> {
    return this.#run === undefined ? this.#iterator.next() : this.#run(() => this.#iterator.next())
  }

  /** Tells the iterator that nothing more will be read. Rejects if its `return()` fails. */
  async cancel(reason: unknown): Promise<void> {
    const end = () => this.#iterator.return?.(reason)
    try {
      await (this.#run === undefined ? end() : this.#run(end))
    } catch (error) {
      ignoreRejection(error)
      throw error
    }
  }

  /** Returns the bytes as a stream that reads one chunk at a time, on demand. Aborting `signal` cuts it off. */
  toStream(signal?: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
    const stream = new ReadableStream(new ByteStream(this, signal), { highWaterMark: 0 })
    setEnd(stream, this.end)
    return stream
  }
}

function checkBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new TypeError(`A chunk of the body must be a Uint8Array, got ${describe(value)}`)
}

type Controller = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>

/** The underlying source of a `ReadableStream`, which reads a {@link BodySource}. */
class ByteStream implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> {
  readonly #source: BodySource
  readonly #signal: AbortSignal | undefined
  readonly #keepAlive: KeepAlive | undefined
  #controller!: Controller
  #isOver = false

  constructor(source: BodySource, signal: AbortSignal | undefined) {
    this.#source = source
    this.#signal = signal
    this.#keepAlive = source.keepAlive && new KeepAlive(source.keepAlive.interval, this)
  }

  start(controller: Controller): void {
    this.#controller = controller
    if (this.#signal?.aborted) this.#onAbort()
    else this.#signal?.addEventListener('abort', this.#onAbort)
  }

  async pull(controller: Controller): Promise<void> {
    try {
      // A pull must end with bytes or with the end of the stream, so empty chunks are skipped.
      for (;;) {
        const next = this.#source.next()
        if ('then' in next) this.#keepAlive?.wait()
        const { done, value } = await next
        this.#keepAlive?.pause()
        if (this.#isOver) return
        if (done) {
          ignoreRejection(value)
          this.#stop()
          controller.close()
          return
        }
        const bytes = toOwnBytes(this.#source.encode(value))
        if (bytes.byteLength > 0) {
          controller.enqueue(bytes)
          return
        }
      }
    } catch (error) {
      ignoreRejection(error)
      if (this.#isOver) return
      this.#stop()
      // Not awaited: the reader must get the error even if the source never finishes cancelling.
      this.#source.cancel(error).catch(() => {})
      throw error
    }
  }

  cancel(reason: unknown): Promise<void> {
    this.#stop()
    return this.#source.cancel(reason)
  }

  onSilence(): void {
    // A desired size of 0 means that nothing is queued.
    if (this.#controller.desiredSize === 0)
      this.#controller.enqueue(toOwnBytes(this.#source.keepAlive?.chunk ?? ''))
  }

  readonly #onAbort = (): void => {
    const reason = this.#signal?.reason
    this.#stop()
    this.#controller.error(reason)
    this.#source.cancel(reason).catch(() => {})
  }

  #stop(): void {
    this.#isOver = true
    this.#keepAlive?.stop()
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}
