/** Test data that the client and the application can each generate. */

/** Generates bytes in chunks of 64 KiB. Neighbouring chunks differ. */
export function* pattern(length: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < length; at += CHUNK) {
    const chunk = new Uint8Array(Math.min(CHUNK, length - at))
    const first = at / CHUNK
    for (let offset = 0; offset < chunk.length; offset++) chunk[offset] = offset * 31 + first * 7
    yield chunk
  }
}

export const CHUNK = 65_536

/** A checksum that depends on the number, values and order of bytes. */
export class Digest {
  bytes = 0
  #hash = 0

  add(chunk: Uint8Array): this {
    for (let at = 0; at < chunk.length; at++) this.#hash = (Math.imul(this.#hash, 31) + chunk[at]!) | 0
    this.bytes += chunk.byteLength
    return this
  }

  toString(): string {
    return `${this.bytes} bytes, ${this.#hash}`
  }
}
