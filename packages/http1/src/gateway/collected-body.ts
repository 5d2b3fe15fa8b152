/**
 * Collects the parts of a body in one buffer that grows. Clients decide how small the parts are: as a list, a body of 1 MiB
 * in parts of one byte would take 100 MiB.
 */
export class CollectedBody {
  #bytes: Uint8Array<ArrayBuffer> = EMPTY
  #length = 0

  add(part: Uint8Array<ArrayBuffer>): void {
    if (this.#length === 0) {
      this.#bytes = part
      this.#length = part.byteLength
      return
    }
    const length = this.#length + part.byteLength
    if (length > this.#bytes.byteLength) {
      const longer = new Uint8Array(Math.max(length, 2 * this.#bytes.byteLength))
      longer.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = longer
    }
    this.#bytes.set(part, this.#length)
    this.#length = length
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }
}

const EMPTY = new Uint8Array()
