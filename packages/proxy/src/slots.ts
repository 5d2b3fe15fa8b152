import { HttpError } from '@tsgi/core'
import { clientLeft } from './upstream-error.ts'

/** Limits how many requests use the upstream server at the same time. Others wait in a queue. */
export class Slots {
  #free: number
  readonly #maxQueued: number
  readonly #timeout: number
  readonly #queue = new Set<() => void>()

  /** @param timeout How long a request may wait, in milliseconds. */
  constructor(slots: number, maxQueued: number, timeout: number) {
    this.#free = slots
    this.#maxQueued = maxQueued
    this.#timeout = timeout
  }

  /**
   * Takes a slot, as soon as one is free.
   *
   * @throws HttpError 503 if too many requests are waiting or the wait is too long, 499 if the client disconnects.
   */
  async take(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw clientLeft(signal)
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    if (this.#queue.size >= this.#maxQueued) throw busy()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // Leaves the queue immediately, so that no slot is given to a request that has given up.
    const giveUp = (error: HttpError) => {
      this.#queue.delete(resolve)
      reject(error)
    }
    const timer = setTimeout(() => giveUp(busy()), this.#timeout)
    const onAbort = () => giveUp(clientLeft(signal))
    signal.addEventListener('abort', onAbort)
    this.#queue.add(resolve)
    try {
      await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Gives a slot back, to the request that has waited longest. */
  release(): void {
    const [next] = this.#queue
    if (next === undefined) {
      this.#free += 1
      return
    }
    this.#queue.delete(next)
    next()
  }
}

function busy(): HttpError {
  return new HttpError(503, 'Too many requests are waiting for the upstream server.', {
    headers: { 'retry-after': '1' },
  })
}
