import type { Socket } from 'node:net'

/** Maximum number of bytes that are kept; then the socket is not read until the application has decided. */
const MAX_BYTES = 64 * 1024

/**
 * Keeps the bytes that a client sends before the response to its handshake. Reading them is also how Node notices that the
 * client has left.
 */
export class EarlyBytes {
  readonly #socket: Socket
  readonly #chunks: Buffer[]
  #length: number

  constructor(socket: Socket, head: Buffer) {
    this.#socket = socket
    this.#chunks = [head]
    this.#length = head.byteLength
    socket.on('data', this.#keep)
    socket.resume()
  }

  /** Returns the bytes, and stops reading. */
  take(): Buffer {
    const socket = this.#socket
    socket.off('data', this.#keep)
    socket.pause()
    // The chunks are views of the buffer that the request was read into, which should not live as long as a WebSocket.
    return Buffer.concat(this.#chunks.splice(0))
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#length += chunk.byteLength
    if (this.#length > MAX_BYTES) this.#socket.pause()
  }
}
