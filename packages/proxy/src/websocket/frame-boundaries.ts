/** The longest head of a frame: RFC 6455 §5.2. */
const MAX_HEAD = 14

const CLOSE = 8

/** Follows the frames of a WebSocket in one direction, to know where they end. Stores nothing but the head of one. */
export class FrameBoundaries {
  readonly #head = Buffer.alloc(MAX_HEAD)
  #filled = 0
  #needed = 2
  /** The bytes of the payload that have not been read. */
  #rest = 0
  /** Whether a frame has begun that closes the connection. */
  isClosing = false

  /** Whether the bytes so far end with a frame. */
  get isBetween(): boolean {
    return this.#filled === 0 && this.#rest === 0
  }

  /** Reads bytes: all of them, or those until a frame has ended. Returns how many. */
  read(chunk: Uint8Array, untilEnd: boolean): number {
    let at = 0
    while (at < chunk.length) {
      if (this.#rest > 0) {
        const length = Math.min(this.#rest, chunk.length - at)
        this.#rest -= length
        at += length
      } else {
        this.#head[this.#filled++] = chunk[at++]!
        if (this.#filled === 2) this.#needed = headLength(this.#head[1]!)
        if (this.#filled === this.#needed) this.#begin()
      }
      if (untilEnd && this.isBetween) break
    }
    return at
  }

  #begin(): void {
    const head = this.#head
    const short = head[1]! & 0x7f
    if (short === 127) this.#rest = head.readUInt32BE(2) * 2 ** 32 + head.readUInt32BE(6)
    else this.#rest = short === 126 ? head.readUInt16BE(2) : short
    if ((head[0]! & 0x0f) === CLOSE) this.isClosing = true
    this.#filled = 0
    this.#needed = 2
  }
}

function headLength(second: number): number {
  const short = second & 0x7f
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0
  const mask = second & 0x80 ? 4 : 0
  return 2 + extended + mask
}

/**
 * Returns a frame that closes the connection.
 *
 * @param mask The masking key of a client; none for a server.
 */
export function closeFrame(code: number, reason: string, mask: Uint8Array | undefined): Buffer {
  // The payload of a control frame has at most 125 bytes (RFC 6455 §5.5).
  const text = Buffer.from(reason).subarray(0, 123)
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), text])
  const head = Buffer.from([0x80 | CLOSE, payload.length | (mask === undefined ? 0 : 0x80)])
  if (mask === undefined) return Buffer.concat([head, payload])
  for (let at = 0; at < payload.length; at++) payload[at]! ^= mask[at % 4]!
  return Buffer.concat([head, mask, payload])
}
