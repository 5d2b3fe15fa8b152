import type { BrotliCompress, Gzip, ZstdCompress } from 'node:zlib'
import type { Coder } from './coder.ts'

/** Compresses a stream with a stream of `node:zlib`, which works in another thread. */
export class ZlibCoder implements Coder {
  readonly #stream: Gzip | BrotliCompress | ZstdCompress
  readonly #flushKind: number
  readonly #output: Uint8Array[] = []
  #error: Error | undefined
  /** Settles the promise of the pending call. */
  #settle: ((error?: Error | null) => void) | undefined
  #isDestroyed = false

  constructor(stream: Gzip | BrotliCompress | ZstdCompress, flushKind: number) {
    this.#stream = stream
    this.#flushKind = flushKind
    stream.on('data', (chunk: Uint8Array) => this.#output.push(chunk))
    stream.on('error', (error) => {
      this.#error = error
      this.#settle?.(error)
    })
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#call((done) => this.#stream.write(chunk, done))
  }

  flush(): Promise<void> {
    return this.#call((done) => this.#stream.flush(this.#flushKind, done))
  }

  end(): Promise<void> {
    return this.#call((done) => this.#stream.once('end', done).end())
  }

  #call(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) throw this.#error
      this.#settle = (error) => {
        this.#settle = undefined
        if (error) reject(error)
        else resolve()
        if (this.#isDestroyed) this.#stream.destroy()
      }
      start((error) => this.#settle?.(error))
    })
  }

  take(): Uint8Array | undefined {
    return this.#output.shift()
  }

  destroy(): void {
    this.#isDestroyed = true
    // Node's memory grows if a stream is destroyed while another thread works on it.
    if (this.#settle === undefined) this.#stream.destroy()
  }
}
