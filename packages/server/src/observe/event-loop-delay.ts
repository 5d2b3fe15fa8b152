/**
 * Measures how late timers run, to tell when the process has more work than it can do. `monitorEventLoopDelay` of Node
 * measures the same, but says nothing about the current turn of the event loop, which may take seconds.
 */
export class EventLoopDelay {
  readonly #max: number
  /** Number of consecutive samples, up to the latest one, that exceeded the maximum. */
  #exceeded = 0
  #expectedAt = 0
  #timer: NodeJS.Timeout | undefined

  /** @param max The delay in milliseconds from which the event loop is overloaded. */
  constructor(max: number) {
    this.#max = max
  }

  start(): void {
    this.#expect()
    this.#timer = setInterval(() => {
      this.#exceeded = this.#now() > this.#max ? this.#exceeded + 1 : 0
      this.#expect()
    }, SAMPLE_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#exceeded = 0
  }

  /**
   * Returns the delay in milliseconds if it exceeds the maximum and has done so in the samples before; undefined
   * otherwise. A single pause, however long, is not overload, and neither is the work that has piled up during it.
   */
  get excessive(): number | undefined {
    if (this.#exceeded < PATIENCE) return undefined
    const delay = this.#now()
    return delay > this.#max ? delay : undefined
  }

  #expect(): void {
    this.#expectedAt = performance.now() + SAMPLE_MS
  }

  #now(): number {
    return performance.now() - this.#expectedAt
  }
}

/** Milliseconds between samples. */
const SAMPLE_MS = 20

/** Number of consecutive samples that must exceed the maximum: the pause itself, and the work after it. */
const PATIENCE = 2
