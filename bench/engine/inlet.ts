import type { Transport } from './transport.ts'

/** What has come on a connection and was not understood yet. */
export class Inlet {
  readonly #socket: Transport
  #rest: Buffer | undefined
  #isPaused = false

  constructor(socket: Transport) {
    this.#socket = socket
  }

  /** All that waits, with what has just come behind it. */
  with(chunk: Buffer): Buffer {
    return this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
  }

  get rest(): Buffer | undefined {
    return this.#rest
  }

  /** Keeps what begins at `at` for later. */
  keep(bytes: Buffer, at: number): void {
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at)
  }

  /** Leaves what comes next to the client's own buffers. Not before it comes: most clients wait for their answers. */
  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#socket.resume()
  }
}
