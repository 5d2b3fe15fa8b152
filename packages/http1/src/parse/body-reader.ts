/** Reads the body of a request from the bytes of its connection. */
export interface BodyReader {
  /** The bytes of the body that `read` found. They belong to the caller. */
  data: Uint8Array<ArrayBuffer> | undefined
  /** Whether the body has ended. */
  isOver: boolean
  /**
   * Reads from `at`. Returns the position of the first byte that it did not use, which must be passed again. If `data` is
   * set, there may be more.
   *
   * @throws HttpError 400, 413 or 431 if the framing is invalid.
   */
  read(bytes: Buffer, at: number): number
}

/** Reads a body with a Content-Length. */
export class LengthReader implements BodyReader {
  data: Uint8Array<ArrayBuffer> | undefined
  isOver = false
  #left: number

  constructor(length: number) {
    this.#left = length
  }

  read(bytes: Buffer, at: number): number {
    const to = Math.min(bytes.length, at + this.#left)
    this.#left -= to - at
    this.data = at === to ? undefined : ownBytes(bytes, at, to)
    this.isOver = this.#left === 0
    return to
  }
}

/**
 * Returns bytes that share no memory with others, so that the application can keep or transfer them. Copies them only if
 * they are not all that was received.
 */
export function ownBytes(bytes: Buffer, from: number, to: number): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes
  if (to - from === buffer.byteLength) return new Uint8Array(buffer as ArrayBuffer)
  const copy = new Uint8Array(to - from)
  copy.set(bytes.subarray(from, to))
  return copy
}
