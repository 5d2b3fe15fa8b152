/** A chunk that is sent when a body has been silent for a while, so that proxies keep the connection open. */
export interface KeepAliveInit {
  /** The interval in milliseconds. */
  readonly interval: number
  readonly chunk: string
}

/**
 * Calls `owner.onSilence()` after every `interval` milliseconds of waiting. There may be thousands of instances, so each
 * has a single timer, which is restarted instead of replaced.
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

  /** Starts waiting for the next chunk. */
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

  /** Stops waiting, because the chunk has arrived. The timer keeps running: restarting it later is cheaper. */
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
