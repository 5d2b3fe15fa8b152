/** What is sent whenever a body has nothing to send for a while, so that proxies keep the connection open. */
export interface KeepAliveInit {
  /** Milliseconds. */
  readonly interval: number
  readonly chunk: string
}

/**
 * Calls `owner.onSilence()` after every `interval` milliseconds of waiting. There may be thousands: each has one timer,
 * which is restarted instead of replaced.
 */
export class KeepAlive {
  readonly #interval: number
  readonly #owner: { onSilence(): void }
  #timer: { refresh?(): void } | undefined
  #isWaiting = false

  constructor(interval: number, owner: { onSilence(): void }) {
    this.#interval = interval
    this.#owner = owner
  }

  /** Starts to wait for the next chunk. */
  wait(): void {
    if (this.#timer?.refresh !== undefined) {
      this.#isWaiting = true
      this.#timer.refresh()
      return
    }
    // On some runtimes, a timer is a number that cannot be restarted.
    this.stop()
    this.#isWaiting = true
    this.#timer = setTimeout(expire, this.#interval, this) as unknown as { refresh?(): void }
  }

  /** The chunk came. The timer runs on, because restarting it later costs less. */
  pause(): void {
    this.#isWaiting = false
  }

  stop(): void {
    // On Deno, clearTimeout does not stop a timer that was refreshed in its callback.
    this.#isWaiting = false
    clearTimeout(this.#timer as never)
  }

  expire(): void {
    if (!this.#isWaiting) return
    this.wait()
    this.#owner.onSilence()
  }
}

function expire(keepAlive: KeepAlive): void {
  keepAlive.expire()
}
