import { linesOf } from '../contract/lines.ts'
import type { WsgiInput } from '../contract/types.ts'

type ByteReader = ReadableStreamDefaultReader<Uint8Array>

/** `wsgi.input` on top of the stream of a request body. Handles overlapping calls in order. */
export class InputStream implements WsgiInput {
  readonly #open: () => ReadableStream<Uint8Array> | null
  #reader: ByteReader | null | undefined
  #chunks: Uint8Array[] = []
  #size = 0
  #turn: Promise<unknown> = Promise.resolve()

  /** `open` is called once, when the application starts to read. */
  constructor(open: () => ReadableStream<Uint8Array> | null) {
    this.#open = open
  }

  read(size?: number): Promise<Uint8Array> {
    const wanted = bound(size, 'read')
    return this.#inTurn(() => this.#read(wanted))
  }

  readline(size?: number): Promise<Uint8Array> {
    const wanted = bound(size, 'readline')
    return this.#inTurn(() => this.#readline(wanted))
  }

  readlines(hint?: number): Promise<Uint8Array[]> {
    const wanted = bound(hint === 0 ? undefined : hint, 'readlines')
    return this.#inTurn(async () => {
      const lines: Uint8Array[] = []
      for (let total = 0; total < wanted; ) {
        const line = await this.#readline(Number.POSITIVE_INFINITY)
        if (line.byteLength === 0) break
        lines.push(line)
        total += line.byteLength
      }
      return lines
    })
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    return linesOf(this)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  async #read(size: number): Promise<Uint8Array> {
    while (this.#size < size && (await this.#fill())) {}
    return this.#take(size)
  }

  async #readline(size: number): Promise<Uint8Array> {
    let before = 0
    for (let index = 0; before < size; index++) {
      if (index === this.#chunks.length && !(await this.#fill())) break
      const chunk = this.#chunks[index]!
      const at = chunk.indexOf(LINE_FEED)
      if (at !== -1) return this.#take(Math.min(size, before + at + 1))
      before += chunk.byteLength
    }
    return this.#take(size)
  }

  /** Buffers another chunk of the stream. Returns false at its end. */
  async #fill(): Promise<boolean> {
    if (this.#reader === undefined) this.#reader = this.#open()?.getReader() ?? null
    const result = await this.#reader?.read()
    if (result === undefined || result.done) return false
    this.#chunks.push(result.value)
    this.#size += result.value.byteLength
    return true
  }

  #take(size: number): Uint8Array {
    const taken = new Uint8Array(Math.min(size, this.#size))
    let at = 0
    let used = 0
    while (at < taken.byteLength) {
      const chunk = this.#chunks[used]!
      const part = chunk.subarray(0, taken.byteLength - at)
      taken.set(part, at)
      at += part.byteLength
      if (part.byteLength === chunk.byteLength) used++
      else this.#chunks[used] = chunk.subarray(part.byteLength)
    }
    this.#chunks.splice(0, used)
    this.#size -= taken.byteLength
    return taken
  }
}

/** Checks a size. As in Python, a missing or negative size means everything. */
function bound(size: number | undefined, method: string): number {
  if (size === undefined || size < 0) return Number.POSITIVE_INFINITY
  if (!Number.isSafeInteger(size)) {
    throw new TypeError(`wsgi.input.${method}: size must be a whole number of bytes, got ${String(size)}`)
  }
  return size
}

const LINE_FEED = 0x0a
