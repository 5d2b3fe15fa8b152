import { joinChunks } from '@tsgi/core/gateway'
import { describe } from '@tsgi/core/options'

/** The most bytes that are held at a time for all bodies: for the cache, and for clients that read slowly. */
const MAX_HELD = 64 * 2 ** 20

let held = 0

type Chunk = Uint8Array<ArrayBuffer>

/**
 * Reads a body for the cache, while the client reads it. Up to the maximum size, it reads as fast as the application writes:
 * requests that wait for it must not depend on the speed of one client. Beyond, it reads as fast as the client.
 */
export class CapturedBody {
  /** Resolves to the whole body; to undefined if it was too large, failed or was cancelled. */
  readonly whole: Promise<Chunk | undefined>
  readonly #reader: ReadableStreamDefaultReader<Chunk>
  readonly #maxSize: number
  #chunks: Chunk[] = []
  #size = 0
  #state: 'reading' | 'passing' | 'done' | 'failed' = 'reading'
  #error: unknown
  /** Whether no client reads any more. */
  #isAbandoned = false
  #changed = Promise.withResolvers<void>()

  constructor(body: ReadableStream<Chunk>, maxSize: number) {
    this.#reader = body.getReader()
    this.#maxSize = maxSize
    this.whole = this.#capture()
  }

  /** Stops reading, because nobody needs the body. */
  cancel(reason?: unknown): void {
    if (this.#state === 'done' || this.#state === 'failed') return
    this.#change('failed', reason)
    this.#reader.cancel(reason).catch(() => {})
  }

  /** Goes on only for the cache, without a client. */
  abandon(): void {
    this.#isAbandoned = true
    if (this.#state === 'passing') this.cancel()
    else if (this.#state !== 'reading') this.#release()
  }

  /** The chunks for the client. Calls `left` if it stops reading early. */
  chunks(left: () => void): AsyncIterable<Chunk> {
    let at = 0
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => this.#next(at++),
        return: async () => {
          left()
          this.abandon()
          return { done: true, value: undefined }
        },
      }),
    }
  }

  async #next(at: number): Promise<IteratorResult<Chunk>> {
    while (at >= this.#chunks.length && this.#state === 'reading') await this.#changed.promise
    if (at < this.#chunks.length) return { done: false, value: this.#chunks[at]! }
    if (this.#state === 'failed') throw this.#error
    // The client has caught up.
    this.#release()
    if (this.#state === 'done') return { done: true, value: undefined }
    const { done, value } = await this.#reader.read()
    return done ? { done, value: undefined } : { done, value }
  }

  async #capture(): Promise<Chunk | undefined> {
    try {
      while (this.#state === 'reading') {
        const { done, value } = await this.#reader.read()
        if (this.#state !== 'reading') break
        if (done) {
          const whole = joinChunks(this.#chunks, this.#size)
          this.#change('done')
          return whole
        }
        // Its size could not be counted.
        if (!(value instanceof Uint8Array))
          throw new TypeError(`a chunk of a body must be a Uint8Array, got ${describe(value)}`)
        this.#chunks.push(value)
        this.#size += value.byteLength
        held += value.byteLength
        const isTooLarge = this.#size > this.#maxSize || held > MAX_HELD
        if (isTooLarge && this.#isAbandoned) this.cancel()
        else if (isTooLarge) this.#change('passing')
        else this.#notify()
      }
    } catch (error) {
      this.cancel(error)
    }
    return undefined
  }

  #change(state: 'passing' | 'done' | 'failed', error?: unknown): void {
    this.#state = state
    this.#error = error
    if (this.#isAbandoned) this.#release()
    this.#notify()
  }

  #release(): void {
    held -= this.#size
    this.#size = 0
    this.#chunks = []
  }

  #notify(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
