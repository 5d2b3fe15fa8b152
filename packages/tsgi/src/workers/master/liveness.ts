import { warn } from '../../console/log.ts'
import { CHECK_MS, type Dispatcher } from './dispatcher.ts'
import type { WorkerHandle } from './worker-handle.ts'

export interface LivenessOptions {
  readonly workers: Iterable<WorkerHandle>
  readonly dispatcher: Dispatcher
  /** Returns the milliseconds that a worker may take to respond before it is killed; 0 for no limit. */
  readonly limit: () => number
  /** Called when a worker has stopped responding. */
  readonly onUnresponsive: () => void
  /** Called when a worker is killed because it has not responded for too long. */
  readonly onKill: () => void
}

/**
 * Pings the workers. A worker that does not respond gets no connections until it does. The watchdog of a worker kills
 * it if its event loop is blocked for too long, but cannot run in a process that has been stopped (`SIGSTOP`).
 */
export class Liveness {
  readonly #options: LivenessOptions
  /** The number of checks since the ping that each worker has not answered yet. */
  readonly #missed = new Map<WorkerHandle, number>()

  constructor(options: LivenessOptions) {
    this.#options = options
    // Messages that have arrived are read before an immediate runs.
    setInterval(() => setImmediate(() => this.#check()), CHECK_MS).unref()
  }

  /** Called when a worker has replied to a ping. */
  replied(worker: WorkerHandle): void {
    this.#missed.delete(worker)
    if (worker.state === 'unresponsive') {
      worker.state = 'serving'
      warn(`${worker} responds again`)
    }
    this.#options.dispatcher.replied(worker)
  }

  /** Called when a worker has missed a deadline. */
  markUnresponsive(worker: WorkerHandle): void {
    if (worker.state !== 'serving') return
    worker.state = 'unresponsive'
    warn(`${worker} does not respond, passing its new connections to others`)
    this.#options.onUnresponsive()
  }

  /** Called when a worker has exited. */
  forget(worker: WorkerHandle): void {
    this.#missed.delete(worker)
  }

  #check(): void {
    const { dispatcher, limit, workers } = this.#options
    for (const worker of workers) {
      if (worker.state === 'booting') continue
      const missed = this.#missed.get(worker)
      this.#missed.set(worker, missed === undefined ? 0 : missed + 1)
      if (missed === undefined) {
        worker.send({ type: 'ping' })
        dispatcher.pinged(worker)
        continue
      }
      if (missed === MAX_MISSED) this.markUnresponsive(worker)
      this.#killAfter(limit(), (missed + 1) * CHECK_MS, worker)
    }
    dispatcher.check()
  }

  #killAfter(limit: number, silence: number, worker: WorkerHandle): void {
    // A worker that has been told to exit has a time limit of its own.
    if (limit === 0 || worker.state === 'retiring' || worker.isDebugged) return
    const late = silence - limit - WATCHDOG_MS
    if (late < 0 || late >= CHECK_MS) return
    warn(`killing ${worker}: it has not responded for ${Math.round(silence / 1_000)} s`)
    worker.kill()
    this.#options.onKill()
  }
}

/** Number of checks after which a worker is unresponsive. */
const MAX_MISSED = 3

/** Milliseconds that the watchdog of a worker has to kill it first. */
const WATCHDOG_MS = 1_000
