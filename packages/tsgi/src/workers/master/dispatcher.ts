import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { warn } from '../../console/log.ts'
import { monotonicTime } from '../messages.ts'
import type { WorkerHandle } from './worker-handle.ts'

/** A connection, and the index of the address that accepted it. */
interface Accepted {
  readonly at: number
  readonly socket: Socket
  /** Milliseconds that a worker has to take it. Doubles with each worker that is too slow. */
  lease: number
}

/** A connection that was passed to a worker. */
interface Handed {
  readonly accepted: Accepted
  readonly id: number
  /** Number of checks since then. */
  checks: number
  /** Whether the worker has been pinged since. */
  isPinged: boolean
}

export interface DispatcherEvents {
  /** Called if a worker has not taken a connection in time. It is passed to another one. */
  readonly onOverdue: (worker: WorkerHandle) => void
}

/**
 * Passes accepted connections to workers in turn. A worker gets the next connection when it has taken the
 * previous one, so a worker with a blocked event loop gets no more. If all workers are busy, connections wait.
 *
 * A connection is leased: the worker returns it if it arrives too late, and the dispatcher takes it back some time
 * after that. So if a worker dies or stops before it has taken a connection, another worker gets it, and never both.
 */
export class Dispatcher {
  readonly #idle = new Set<WorkerHandle>()
  readonly #waiting: Accepted[] = []
  /** The connection that was passed to each worker but that the worker has not taken yet. */
  readonly #handed = new Map<WorkerHandle, Handed>()
  #handedCount = 0
  #isFull = false
  readonly #events: DispatcherEvents

  constructor(events: DispatcherEvents) {
    this.#events = events
  }

  /** The number of connections waiting for a worker. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Takes an accepted connection. `at` is the index of its address. */
  add(at: number, socket: Socket): void {
    if (this.#waiting.length >= MAX_WAITING) {
      if (!this.#isFull) warn(`${MAX_WAITING} connections are waiting for a worker, closing new ones`)
      this.#isFull = true
      socket.destroy()
      return
    }
    // Not as soon as one has been taken: a line for every second connection would flood the log.
    if (this.#waiting.length < MAX_WAITING / 2) this.#isFull = false
    this.#waiting.push({ at, socket, lease: LEASE_MS })
    this.#dispatch()
  }

  /** Called when a worker can take a connection: it has started, or responds again. */
  ready(worker: WorkerHandle): void {
    if (worker.state !== 'serving' || this.#handed.has(worker)) return
    this.#idle.add(worker)
    this.#dispatch()
  }

  /** Called when a worker has taken a connection. */
  taken(worker: WorkerHandle, id: number): void {
    const handed = this.#handed.get(worker)
    if (handed?.id !== id) return
    // This closes only the master's copy of the socket.
    handed.accepted.socket.destroy()
    this.#handed.delete(worker)
    this.ready(worker)
  }

  /** Called when a worker has received a connection too late, and closed its copy of the socket. */
  returned(worker: WorkerHandle, id: number): void {
    if (this.#handed.get(worker)?.id !== id) return
    this.#takeBack(worker)
    this.ready(worker)
  }

  /** Called when a worker has been sent a ping. */
  pinged(worker: WorkerHandle): void {
    const handed = this.#handed.get(worker)
    if (handed !== undefined) handed.isPinged = true
  }

  /**
   * Called when a worker has replied to a ping. Messages arrive in order, so a connection that was sent before it and
   * has not been taken is lost: the worker had no file descriptor left.
   */
  replied(worker: WorkerHandle): void {
    if (this.#handed.get(worker)?.isPinged === true) {
      this.#takeBack(worker)
      warn(`a connection did not reach ${worker}, which may have run out of file descriptors`)
    }
    this.ready(worker)
  }

  /** Takes back connections that workers have not taken in time. Called every {@link CHECK_MS} milliseconds. */
  check(): void {
    for (const [worker, handed] of this.#handed) {
      // The spare time is for the messages that workers have sent at the last moment. Count checks instead of time:
      // between two checks, messages are read, even if this process was stopped for a while.
      if (++handed.checks * CHECK_MS <= handed.accepted.lease + SPARE_MS) continue
      this.#takeBack(worker)
      this.#events.onOverdue(worker)
    }
    this.#dispatch()
  }

  /** Called when no more messages of a worker will arrive. */
  lost(worker: WorkerHandle): void {
    this.#idle.delete(worker)
    if (this.#takeBack(worker) !== undefined) this.#dispatch()
  }

  /** Closes the latest waiting connections, so that a worker can be started. */
  freeDescriptors(): void {
    for (const { socket } of this.#waiting.splice(-DESCRIPTORS_PER_WORKER)) socket.destroy()
  }

  /** Resolves when workers have taken all waiting connections, or after `timeout` milliseconds. */
  async emptied(timeout: number): Promise<void> {
    const end = performance.now() + timeout
    while (this.#waiting.length + this.#handed.size > 0 && performance.now() < end) await sleep(POLL_MS)
  }

  #takeBack(worker: WorkerHandle): Accepted | undefined {
    const accepted = this.#handed.get(worker)?.accepted
    this.#handed.delete(worker)
    if (accepted === undefined) return undefined
    // If all workers are slow, a longer lease lets one of them take the connection.
    accepted.lease *= 2
    this.#waiting.unshift(accepted)
    return accepted
  }

  #dispatch(): void {
    for (const worker of this.#idle) {
      if (this.#waiting.length === 0) return
      // The set is ordered by when the workers became ready.
      this.#idle.delete(worker)
      if (worker.state !== 'serving' || !worker.reachable) continue
      const accepted = this.#waiting.shift()!
      const { at, lease, socket } = accepted
      const id = ++this.#handedCount
      this.#handed.set(worker, { accepted, id, checks: 0, isPinged: false })
      worker.send({ type: 'connection', id, at, until: monotonicTime() + lease }, socket)
    }
  }
}

/** Maximum number of waiting connections. Each uses a file descriptor of the master. */
const MAX_WAITING = 4096

/** The file descriptors that the master needs to start a worker, and some to spare. */
const DESCRIPTORS_PER_WORKER = 16

/** Milliseconds between checks for waiting connections while the master stops. */
const POLL_MS = 10

/** Milliseconds between checks for workers that do not respond. */
export const CHECK_MS = 500

/** Milliseconds that the first worker has to take a connection. */
const LEASE_MS = 1_000

/** Milliseconds after which a connection is taken back, in addition to its lease. */
const SPARE_MS = 500
