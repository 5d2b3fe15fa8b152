/** Bytes of a chunk that is a piece by itself. Smaller ones are gathered: what reads pieces keeps an object for each. */
const ENOUGH = 4096

/** Gathers small chunks, so that bytes that trickle in one by one cost little more than those that come at once. */
export class Pieces {
  readonly #read: (piece: Uint8Array) => void
  #gathered: Uint8Array | undefined
  #filled = 0

  /** @param read Is given each piece; it may keep it. */
  constructor(read: (piece: Uint8Array) => void) {
    this.#read = read
  }

  /** A chunk that is large enough is handed on as it is, not copied. */
  add(chunk: Uint8Array): void {
    if (this.#filled + chunk.byteLength > ENOUGH) this.end()
    if (chunk.byteLength >= ENOUGH) {
      this.#read(chunk)
      return
    }
    this.#gathered ??= new Uint8Array(ENOUGH)
    this.#gathered.set(chunk, this.#filled)
    this.#filled += chunk.byteLength
  }

  /** Hands on what was gathered. */
  end(): void {
    const gathered = this.#gathered
    if (gathered === undefined) return
    const filled = this.#filled
    this.#gathered = undefined
    this.#filled = 0
    this.#read(gathered.subarray(0, filled))
  }
}
