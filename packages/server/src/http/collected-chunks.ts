/** Number of chunks after which small ones are joined. */
const GROUP = 256
/** Number of bytes of a group below which its chunks are small: one of them takes some 350 bytes beside its own. */
const SMALL = GROUP * 1024

/**
 * Collects the chunks of a body. Clients decide how small they are: without joining, a body of 1 MiB in chunks of one byte
 * would take 350 MiB.
 */
export class CollectedChunks {
  readonly #chunks: Buffer<ArrayBuffer>[] = []
  /** The number of chunks that are large or joined. */
  #settled = 0

  add(chunk: Buffer<ArrayBuffer>): void {
    this.#chunks.push(chunk)
    if (this.#chunks.length - this.#settled < GROUP) return
    const group = this.#chunks.slice(this.#settled)
    const size = group.reduce((sum, { byteLength }) => sum + byteLength, 0)
    if (size < SMALL) this.#chunks.splice(this.#settled, GROUP, Buffer.concat(group, size))
    this.#settled = this.#chunks.length
  }

  joined(): Buffer<ArrayBuffer> {
    return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
  }
}
