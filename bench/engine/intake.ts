import { type BodyReader, ChunkedReader, LengthReader } from './chunked.ts'
import { CHUNKED } from './request-head.ts'

/** The body of the current request, while it arrives. */
export class Intake {
  /** The time by which all of it must have arrived, on the clock of the sweep. */
  readonly due: number
  /** Whether to read the next piece. */
  isWanted = false
  /** Whether the rest is only read so that the connection can be reused. */
  isDropped = false
  readonly #reader: BodyReader
  /** Number of bytes that may still be dropped. */
  #room = SHORT_REST

  constructor(bodyLength: number, due: number) {
    this.#reader = bodyLength === CHUNKED ? new ChunkedReader() : new LengthReader(bodyLength)
    this.due = due
  }

  /** See {@link BodyReader.read}. Clears `isWanted` if a piece is found. */
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

  /** Whether reading the rest costs more than a new connection. */
  get isTooLong(): boolean {
    return this.#room < 0
  }

  drop(): void {
    this.isDropped = true
    this.isWanted = true
  }
}

const SHORT_REST = 64 * 1024
