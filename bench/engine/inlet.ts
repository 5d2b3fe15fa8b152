import type { Transport } from './transport.ts'

/** The received bytes of a connection that are not parsed yet. */
export class Inlet {
  readonly #socket: Transport
  #rest: Buffer | undefined
  #isPaused = false

  constructor(socket: Transport) {
    this.#socket = socket
  }

  /** Returns the waiting bytes followed by the new ones. */
  with(chunk: Buffer): Buffer {
    return this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
  }

  get rest(): Buffer | undefined {
    return this.#rest
  }

  /** Keeps the bytes from `at`. */
  keep(bytes: Buffer, at: number): void {
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at)
  }

  /** Pauses the socket. Called only once more bytes have arrived, because most clients wait for their response. */
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
