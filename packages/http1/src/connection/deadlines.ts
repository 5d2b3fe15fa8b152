/** Something with a deadline. */
export interface Waiting {
  /** The deadline, on the clock of {@link Deadlines.after}; `Infinity` for none. */
  deadline: number
  /** Called once the deadline has passed. */
  late(): void
  /** Called at every check. */
  check?(): void
}

/**
 * One timer for the deadlines of all connections. Setting a deadline only sets a number; the timer checks them a few times
 * per second.
 */
export class Deadlines {
  #now: number = performance.now()
  readonly #interval: number
  readonly #waiting = new Set<Waiting>()
  #timer: NodeJS.Timeout | undefined

  /** @param interval Milliseconds between checks: the delay with which a deadline may be noticed. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** Returns the deadline for something that starts now; never too early. */
  after(milliseconds: number): number {
    return this.#now + milliseconds + this.#interval
  }

  add(waiting: Waiting): void {
    this.#waiting.add(waiting)
    if (this.#timer !== undefined) return
    this.#now = performance.now()
    this.#timer = setInterval(() => this.#look(), this.#interval).unref()
  }

  remove(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    if (this.#waiting.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    this.#now = performance.now()
    for (const waiting of this.#waiting) {
      waiting.check?.()
      if (waiting.deadline > this.#now) continue
      waiting.deadline = Number.POSITIVE_INFINITY
      waiting.late()
    }
  }
}
