/** The delay before a worker is restarted. It doubles while workers die young, to save CPU time. */
export class RestartDelay {
  /** Number of workers in a row that died young. */
  #failures = 0
  #notBefore = 0

  /** The remaining milliseconds. */
  get remaining(): number {
    return this.#notBefore - performance.now()
  }

  /** Records the death of a worker. `startedAt` is a time from `performance.now()`. */
  add(startedAt: number): void {
    const now = performance.now()
    this.#failures = now - startedAt < STABLE_MS ? this.#failures + 1 : 0
    this.#notBefore = now + (this.#failures === 0 ? 0 : Math.min(MAX_DELAY_MS, 50 * 2 ** this.#failures))
  }

  reset(): void {
    this.#failures = 0
    this.#notBefore = 0
  }

  /** The delay as part of a sentence: `' in 0.2 s'`, or nothing if there is none. */
  toString(): string {
    const seconds = Math.round(this.remaining / 100) / 10
    return seconds > 0 ? ` in ${seconds} s` : ''
  }
}

/** Milliseconds after which the death of a worker is not blamed on its start. */
const STABLE_MS = 10_000
const MAX_DELAY_MS = 30_000
