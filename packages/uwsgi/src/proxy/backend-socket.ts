import { Socket } from 'node:net'
import type { UwsgiAddress } from './address.ts'

type WriteCallback = (error?: Error | null) => void

/**
 * A connection to a uwsgi server whose read side survives failed writes.
 *
 * A server can respond and close the connection before it has read the whole request. Writing the rest then fails, but
 * the response is still in the kernel's receive buffer. `onBytes` receives the bytes. Reading pauses when it returns
 * false, until `resume` is called.
 */
export class BackendSocket extends Socket {
  /** Why a write has failed. */
  writeError: Error | undefined

  constructor(address: UwsgiAddress, onBytes: (bytes: Uint8Array<ArrayBuffer>) => boolean) {
    const buffer = new Uint8Array(READ_SIZE)
    // With `onread`, unread bytes stay in the kernel, where a failed connection does not discard them.
    super({ allowHalfOpen: true, onread: { buffer, callback: (size) => onBytes(buffer.slice(0, size)) } })
    this.setNoDelay()
    this.connect(address)
  }

  override _write(chunk: unknown, encoding: BufferEncoding, callback: WriteCallback): void {
    super._write(chunk, encoding, this.#withoutError(callback))
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], callback: WriteCallback): void {
    super._writev!(chunks, this.#withoutError(callback))
  }

  /**
   * Calls back when `writeError` is set if the read side has ended because the connection was reset. Up to version 1.51,
   * libuv reports such a reset as the end if it arrives together with bytes. Then a write fails, even an empty one.
   */
  afterReset(callback: () => void): void {
    this.write('')
    setImmediate(callback)
  }

  /** Keeps the stream from destroying the socket when a write fails. */
  #withoutError(callback: WriteCallback): WriteCallback {
    return (error) => {
      if (error) this.writeError ??= error
      callback()
    }
  }
}

/** The maximum number of bytes per read. */
const READ_SIZE = 64 * 1024
