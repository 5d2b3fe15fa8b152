/**
 * Measures how late timers run, to tell when the process has more work than it can do. `monitorEventLoopDelay` of Node
 * measures the same, but says nothing about the current turn of the event loop, which may take seconds.
 */
export class EventLoopDelay {
  readonly #max: number
  /** When the next sample is due. */
  #dueAt = 0
  /** Number of consecutive samples, up to the latest one, that were later than the maximum. */
  #lateSamples = 0
  /** When the event loop was last seen running. */
  #seenAt = 0
  /** Length of the longest recent pause in milliseconds. Its half counts in the next sample, because work piles up in a pause. */
  #pause = 0
  #timer: NodeJS.Timeout | undefined

  /** @param max The delay in milliseconds from which the event loop is overloaded. */
  constructor(max: number) {
    this.#max = max
  }

  start(): void {
    this.#restart(performance.now())
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#dueAt = Number.POSITIVE_INFINITY
  }

  /**
   * Returns the current delay in milliseconds if the event loop is overloaded; undefined otherwise. A single pause, however
   * long, is not overload: the delay must exceed the maximum without it, or for the third time in a row. Called for each
   * request, which shows pauses.
   */
  overload(): number | undefined {
    const delay = this.#observe(performance.now())
    const isLasting = this.#lateSamples >= PATIENCE || delay - this.#pause > this.#max
    return delay > this.#max && isLasting ? delay : undefined
  }

  #sample(): void {
    const now = performance.now()
    this.#lateSamples = this.#observe(now) > this.#max ? this.#lateSamples + 1 : 0
    this.#pause /= 2
    this.#restart(now)
  }

  #restart(now: number): void {
    this.#dueAt = now + SAMPLE_MS
    this.#seenAt = now
  }

  /** Returns the current delay. */
  #observe(now: number): number {
    this.#pause = Math.max(this.#pause, now - this.#seenAt)
    this.#seenAt = now
    return now - this.#dueAt
  }
}

/** Milliseconds between samples. */
const SAMPLE_MS = 20

/** Number of late samples in a row after which pauses make no difference. */
const PATIENCE = 2
