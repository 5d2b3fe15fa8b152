/** A connection that is pinged. */
export interface Pinged {
  /** Called once per interval. */
  ping(): void
}

/** The number of parts of an interval. Each part has its own connections, so that not all are pinged at the same moment. */
const PARTS = 8

/** Pings connections at an interval, with one timer for all of them. */
export class Pinger {
  readonly #interval: number
  readonly #parts: readonly Set<Pinged>[] = Array.from({ length: PARTS }, () => new Set())
  #current = 0
  #size = 0
  #timer: NodeJS.Timeout | undefined

  /** @param interval Milliseconds between two pings of a connection. The first may come an eighth earlier. */
  constructor(interval: number) {
    this.#interval = interval
  }

  add(connection: Pinged): void {
    this.#parts[this.#current]!.add(connection)
    this.#size++
    this.#timer ??= setInterval(() => this.#pingNext(), this.#interval / PARTS)
  }

  remove(connection: Pinged): void {
    if (!this.#parts.some((part) => part.delete(connection))) return
    this.#size--
    if (this.#size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #pingNext(): void {
    this.#current = (this.#current + 1) % PARTS
    for (const connection of this.#parts[this.#current]!) connection.ping()
  }
}
