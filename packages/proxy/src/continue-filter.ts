const NOTHING = Buffer.alloc(0)

/**
 * Removes each `100 Continue` before a response. A client must accept it unasked (RFC 9110 §15.2), but undici closes the
 * connection.
 */
export class ContinueFilter {
  readonly #maxSize: number
  #isBefore = true
  #held: Buffer = NOTHING

  /** @param maxSize The maximum size of the head of a response. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  /** The next bytes begin a response. */
  expect(): void {
    this.#isBefore = true
    this.#held = NOTHING
  }

  /** Filters all that is read from a connection from now on. */
  watch(socket: { read(size?: number): Buffer | null }): void {
    const read = socket.read.bind(socket)
    this.expect()
    socket.read = (size) => {
      for (;;) {
        const chunk = read(size)
        const passed = chunk === null || !this.#isBefore ? chunk : this.#filter(chunk)
        if (passed !== undefined) return passed
      }
    }
  }

  /** Returns the bytes from the final response on; undefined if it has not begun. */
  #filter(chunk: Buffer): Buffer | undefined {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    while (mayContinue(bytes) && bytes.length <= this.#maxSize) {
      const end = bytes.indexOf('\r\n\r\n')
      if (end < 0) {
        this.#held = bytes
        return undefined
      }
      bytes = bytes.subarray(end + 4)
    }
    this.#isBefore = false
    this.#held = NOTHING
    return bytes
  }
}

/** Reports whether bytes are the beginning of a `100 Continue`. */
function mayContinue(bytes: Buffer): boolean {
  const line = bytes.toString('latin1', 0, 12)
  return `HTTP/1.${line[7] ?? '1'} 100`.startsWith(line)
}
