import { type BodyReader, ChunkedReader, LengthReader } from './chunked.ts'
import { CHUNKED } from './request-head.ts'

/** The body of the request that a connection is at, while it comes. */
export class Intake {
  /** When all of it must have come, on the clock of the sweep. */
  readonly due: number
  /** Whether the next piece is to be read. */
  isWanted = false
  /** Whether nobody wants the rest any more: it is read for the connection to be used again. */
  isDropped = false
  readonly #reader: BodyReader
  /** Bytes that are still dropped. */
  #room = SHORT_REST

  constructor(bodyLength: number, due: number) {
    this.#reader = bodyLength === CHUNKED ? new ChunkedReader() : new LengthReader(bodyLength)
    this.due = due
  }

  /** See {@link BodyReader.read}. A piece that is found is wanted no more. */
  read(bytes: Buffer, at: number): number {
    const to = this.#reader.read(bytes, at)
    if (this.isDropped) this.#room -= to - at
    else if (this.piece !== undefined || this.isOver) this.isWanted = false
    return to
  }

  get piece(): Buffer | undefined {
    return this.#reader.data
  }

  get isOver(): boolean {
    return this.#reader.done
  }

  /** Whether the rest is longer than a new connection is dear. */
  get isTooLong(): boolean {
    return this.#room < 0
  }

  drop(): void {
    this.isDropped = true
    this.isWanted = true
  }
}

const SHORT_REST = 64 * 1024
