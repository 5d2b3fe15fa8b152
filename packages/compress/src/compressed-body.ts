import { joinChunks } from '@tsgi/core/gateway'
import type { Coder } from './coders/coder.ts'

/** Number of bytes that are compressed at a time. Smaller chunks are joined, larger ones divided. */
const PIECE = 64 * 1024

/** Number of bytes after which everything is put out, even if more can be read. Brotli would hold back megabytes. */
const MAX_HELD = 256 * 1024

type Result = IteratorResult<Uint8Array, undefined>
const DONE: Result = { done: true, value: undefined }

/**
 * Compresses a stream on demand. Reads from it only while there is no output to take, and puts out everything as soon as
 * the stream makes it wait.
 */
export class CompressedBody implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #body: ReadableStream<Uint8Array>
  readonly #createCoder: () => Coder
  readonly #size: number | undefined
  #coder: Coder | undefined
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  /** A chunk that was requested, but has not arrived yet. */
  #reading: Promise<ReadableStreamReadResult<Uint8Array>> | undefined
  #received = 0
  /** Chunks that are not compressed yet, together smaller than a piece. */
  #small: Uint8Array[] = []
  #smallSize = 0
  /** The rest of a chunk that is compressed piece by piece. */
  #large: Uint8Array = new Uint8Array()
  /** Number of bytes that were compressed since everything was put out. */
  #held = 0
  #isOver = false
  #isCancelled = false

  /** @param size The number of bytes that the stream must have, if known. */
  constructor(body: ReadableStream<Uint8Array>, size: number | undefined, createCoder: () => Coder) {
    this.#body = body
    this.#size = size
    this.#createCoder = createCoder
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<Result> {
    if (this.#isCancelled) return DONE
    this.#coder ??= this.#createCoder()
    this.#reader ??= this.#body.getReader()
    try {
      for (;;) {
        const value = this.#coder.take()
        if (value !== undefined) return { done: false, value }
        if (this.#isOver || this.#isCancelled) return DONE
        await this.#advance(this.#coder, this.#reader)
      }
    } catch (error) {
      if (this.#isCancelled) return DONE
      this.return(error).catch(() => {})
      throw error
    }
  }

  async return(reason?: unknown): Promise<Result> {
    this.#isCancelled = true
    this.#coder?.destroy()
    await (this.#reader ?? this.#body).cancel(reason)
    return DONE
  }

  async #advance(coder: Coder, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    if (this.#held >= MAX_HELD) {
      await this.#flush(coder)
      return
    }
    if (this.#large.byteLength > 0) {
      const piece = this.#large.subarray(0, PIECE)
      this.#large = this.#large.subarray(PIECE)
      await this.#write(coder, piece)
      return
    }
    this.#reading ??= reader.read()
    const isHolding = this.#held > 0 || this.#smallSize > 0
    if (isHolding && (await Promise.race([this.#reading, nextTurn()])) === undefined) {
      await this.#flush(coder)
      return
    }
    const { done, value } = await this.#reading
    this.#reading = undefined
    if (this.#isCancelled) return
    if (done) {
      this.#checkSize(this.#received)
      await this.#writeSmall(coder)
      await coder.end()
      this.#isOver = true
      return
    }
    await this.#receive(coder, value)
  }

  async #receive(coder: Coder, chunk: Uint8Array): Promise<void> {
    this.#received += chunk.byteLength
    if (this.#size !== undefined && this.#received > this.#size) this.#checkSize(this.#received)
    if (this.#smallSize + chunk.byteLength < PIECE) {
      this.#small.push(chunk)
      this.#smallSize += chunk.byteLength
      return
    }
    await this.#writeSmall(coder)
    this.#large = chunk
  }

  async #flush(coder: Coder): Promise<void> {
    await this.#writeSmall(coder)
    await coder.flush()
    this.#held = 0
  }

  async #writeSmall(coder: Coder): Promise<void> {
    const chunks = this.#small
    if (chunks.length === 0) return
    const bytes = chunks.length === 1 ? chunks[0]! : joinChunks(chunks, this.#smallSize)
    this.#small = []
    this.#smallSize = 0
    await this.#write(coder, bytes)
  }

  async #write(coder: Coder, bytes: Uint8Array): Promise<void> {
    this.#held += bytes.byteLength
    await coder.write(bytes)
  }

  /** Throws if the length that the application declared is wrong. The gateway cannot see it any more. */
  #checkSize(received: number): void {
    if (this.#size === undefined || received === this.#size) return
    throw new TypeError(
      `compress: the application's Content-Length is ${this.#size}, but its body has ${received > this.#size ? 'more' : received} bytes`,
    )
  }
}

/** Resolves after everything that is ready has run. */
function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(resolve, undefined))
}
