/** What can be late. */
export interface Waiting {
  /** When it is late, on the clock of {@link Sweep.now}; `Infinity` while nobody waits. */
  deadline: number
  /** Called once, when it is late. */
  late(): void
}

/**
 * One timer for the deadlines of all connections. A deadline is a number that a request may set as often as it likes;
 * it is looked at a few times a second.
 */
export class Sweep {
  /** The time, in milliseconds, as it was at the last look. */
  now: number = performance.now()
  readonly #interval: number
  readonly #waiting = new Set<Waiting>()
  #timer: NodeJS.Timeout | undefined

  /** @param interval Milliseconds between looks: how late a deadline may be noticed. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** When what begins now is late: never earlier than it was promised. */
  after(milliseconds: number): number {
    return this.now + milliseconds + this.#interval
  }

  add(waiting: Waiting): void {
    this.#waiting.add(waiting)
    if (this.#timer !== undefined) return
    this.now = performance.now()
    this.#timer = setInterval(() => this.#look(), this.#interval).unref()
  }

  remove(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    if (this.#waiting.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    this.now = performance.now()
    for (const waiting of this.#waiting) {
      if (waiting.deadline > this.now) continue
      waiting.deadline = Number.POSITIVE_INFINITY
      waiting.late()
    }
  }
}
