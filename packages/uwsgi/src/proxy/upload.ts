import { HttpError } from '@tsgi/core'
import { drained } from '@tsgi/core/gateway'
import type { BackendSocket } from './backend-socket.ts'
import type { UwsgiRequest } from './request-packet.ts'

/** The body of a request on its way to the backend, sent no faster than the backend reads. */
export class Upload {
  /** Whether the next bytes must come from the client. */
  awaitsClient = false
  readonly #request: UwsgiRequest
  readonly #socket: BackendSocket
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined

  constructor(request: UwsgiRequest, socket: BackendSocket) {
    this.#request = request
    this.#socket = socket
  }

  /**
   * Sends the body. Stops without an error if the backend does not accept it: the backend may have responded already.
   * `onRead` is called whenever the client has sent something.
   *
   * @throws HttpError 400 if the length of the body is not its Content-Length.
   */
  async send(onRead: () => void): Promise<void> {
    const socket = this.#socket
    socket.write(this.#request.packet)
    this.#reader = this.#request.body?.getReader()
    let left = this.#request.length
    for (;;) {
      this.awaitsClient = true
      const result = await this.#reader?.read()
      this.awaitsClient = false
      onRead()
      if (result === undefined || result.done) break
      left -= result.value.byteLength
      if (left < 0) throw new HttpError(400, 'The request body is longer than its Content-Length.')
      if (!socket.destroyed && !socket.write(result.value)) await drained(socket)
      if (socket.destroyed || socket.writeError) return this.cancel()
    }
    if (left > 0) throw new HttpError(400, 'The request body is shorter than its Content-Length.')
  }

  /** Cancels the client's stream, because the rest is not needed. */
  cancel(): void {
    this.#reader?.cancel().catch(() => {})
  }
}
