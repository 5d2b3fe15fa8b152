import { describe } from '../options/describe.ts'
import { ignoreRejection } from '../options/ignore-rejection.ts'
import { byteLength } from './chunk.ts'
import { endOf, setEnd } from './early-end.ts'

/** Is called for each chunk of a body as it passes, and once when the body ends or is cut off. */
export interface Watcher {
  /** Called for each chunk, with its size in bytes. Throwing cuts the body off. */
  chunk(bytes: number): void
  /** Called when the body has ended. Throwing cuts it off. */
  end(): void
  /** Called when the body was cut off: its source or the watcher failed, or the reader cancelled it. */
  cut?(error: unknown): void
}

/**
 * Returns a stream of the same chunks that reports them to `watcher`. It reads one chunk at a time, on demand. Aborting
 * `signal` cuts it off.
 *
 * @throws TypeError if the stream is locked.
 */
export function watch(
  stream: ReadableStream<Uint8Array>,
  watcher: Watcher,
  signal?: AbortSignal,
): ReadableStream<Uint8Array> {
  const watched = new ReadableStream(new WatchedStream(stream.getReader(), watcher, signal), {
    highWaterMark: 0,
  })
  setEnd(watched, endOf(stream))
  return watched
}

type Controller = ReadableStreamDefaultController<Uint8Array>

class WatchedStream implements UnderlyingDefaultSource<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #watcher: Watcher
  readonly #signal: AbortSignal | undefined
  #controller!: Controller
  #isOver = false

  constructor(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    watcher: Watcher,
    signal: AbortSignal | undefined,
  ) {
    this.#reader = reader
    this.#watcher = watcher
    this.#signal = signal
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
        const { done, value } = await this.#reader.read()
        if (this.#isOver) return
        if (done) {
          this.#watcher.end()
          this.#stop()
          controller.close()
          return
        }
        if (!(value instanceof Uint8Array)) {
          throw new TypeError(`A chunk of the body must be a Uint8Array, got ${describe(value)}`)
        }
        this.#watcher.chunk(byteLength(value))
        if (value.byteLength > 0) {
          controller.enqueue(value)
          return
        }
      }
    } catch (error) {
      ignoreRejection(error)
      if (this.#isOver) return
      this.#cut(error)
      // Not awaited: the reader must get the error even if the source never finishes cancelling.
      this.#reader.cancel(error).catch(() => {})
      throw error
    }
  }

  cancel(reason: unknown): Promise<void> {
    // Cancel the source first: the watcher may abort a signal that fails the stream, and a failed stream cannot be cancelled.
    const cancelled = this.#reader.cancel(reason)
    this.#cut(reason)
    return cancelled
  }

  readonly #onAbort = (): void => {
    const reason = this.#signal?.reason
    this.#controller.error(reason)
    this.#reader.cancel(reason).catch(() => {})
    this.#cut(reason)
  }

  #cut(error: unknown): void {
    this.#stop()
    this.#watcher.cut?.(error)
  }

  #stop(): void {
    this.#isOver = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}
