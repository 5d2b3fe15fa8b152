import { Readable } from 'node:stream'

/** The body of a request on its way to the upstream server, read no faster than the server accepts it. */
export class Upload {
  readonly stream: Readable
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader()
    this.stream = Readable.from(chunksOf(this.#reader), { objectMode: false })
    // undici reports the error, too, but removes its listener at the end of the response.
    this.stream.on('error', () => {})
  }

  /** Cancels the client's stream, because the rest is not needed. */
  cancel(): void {
    this.stream.destroy()
    this.#reader.cancel().catch(() => {})
  }
}

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}
