/** How long to wait before the next worker is started, so that workers that cannot live do not end the machine. */
export class RestartDelay {
  /** Workers in a row that died young. */
  #failures = 0
  #notBefore = 0

  /** Milliseconds that are left. */
  get remaining(): number {
    return this.#notBefore - performance.now()
  }

  /** Records that a worker has died that was started at this time of `performance`. */
  add(startedAt: number): void {
    const now = performance.now()
    this.#failures = now - startedAt < STABLE_MS ? this.#failures + 1 : 0
    this.#notBefore = now + (this.#failures === 0 ? 0 : Math.min(MAX_DELAY_MS, 50 * 2 ** this.#failures))
  }

  reset(): void {
    this.#failures = 0
    this.#notBefore = 0
  }
}

/** A worker that lived this long did not die of how it was started. */
const STABLE_MS = 10_000
const MAX_DELAY_MS = 30_000
