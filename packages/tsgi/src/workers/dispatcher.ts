import { createServer, type Server, type Socket } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { ignoreSocketErrors, type ListenAddress, listen, type SocketOptions } from '@tsgi/server/listen'
import type { WorkerHandle } from './worker-handle.ts'

/** A connection and the index of the address that accepted it. */
interface Accepted {
  readonly at: number
  readonly socket: Socket
}

/** A connection that was passed to a worker, and the time from `performance.now()`. */
interface Handed {
  readonly accepted: Accepted
  readonly since: number
  /** Whether the worker has been pinged since. */
  isPinged: boolean
}

export interface DispatcherEvents {
  /** Called with errors of the listening sockets. */
  readonly onError: (error: unknown) => void
  /** Called if a connection did not reach a worker. It is passed to another one. */
  readonly onLost: (worker: WorkerHandle) => void
  /** Returns the milliseconds that a worker may take to respond; 0 for no limit. */
  readonly maxSilence: () => number
  /** Called if a worker takes longer to respond. Its watchdog cannot kill a process that has been stopped. */
  readonly onSilent: (worker: WorkerHandle, seconds: number) => void
}

/**
 * Accepts connections and passes them to workers in turn. A worker gets the next connection when it has taken the
 * previous one, so a worker with a blocked event loop gets no more. If all workers are busy, connections wait. If a
 * worker dies before it has taken a connection, another worker gets it.
 */
export class Dispatcher {
  readonly #servers: Server[] = []
  readonly #idle = new Set<WorkerHandle>()
  readonly #waiting: Accepted[] = []
  /** The connection that was passed to each worker but that the worker has not taken yet. */
  readonly #handed = new Map<WorkerHandle, Handed>()
  readonly #events: DispatcherEvents

  constructor(events: DispatcherEvents) {
    this.#events = events
    setInterval(() => this.#checkHanded(), CHECK_MS).unref()
  }

  /** The number of connections waiting for a worker. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Listens on all addresses. Returns them with the ports that were assigned. */
  async listen(addresses: readonly ListenAddress[], options: SocketOptions): Promise<string[]> {
    const taken: string[] = []
    for (const [at, address] of addresses.entries()) {
      const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) =>
        this.#accept(at, socket),
      )
      this.#servers.push(server)
      taken.push(await listen(server, address, options))
      server.on('error', this.#events.onError)
    }
    return taken
  }

  /** Called when a worker can take a connection. */
  ready(worker: WorkerHandle): void {
    // This closes only the master's copy of the socket.
    this.#handed.get(worker)?.accepted.socket.destroy()
    this.#handed.delete(worker)
    if (worker.state !== 'serving') return
    this.#idle.add(worker)
    this.#dispatch()
  }

  /**
   * Called when a worker has replied to a ping. Messages arrive in order, so a connection that was sent before it and
   * has not been taken is lost: the worker had no file descriptor left.
   */
  replied(worker: WorkerHandle): void {
    // The reply may be late: the ping was sent for an earlier connection.
    if (this.#handed.get(worker)?.isPinged !== true) return
    this.#takeBack(worker)
    this.#events.onLost(worker)
    if (worker.state === 'serving') this.#idle.add(worker)
    this.#dispatch()
  }

  /** Called when no more messages of a worker will arrive. */
  lost(worker: WorkerHandle): void {
    this.#idle.delete(worker)
    if (this.#takeBack(worker) !== undefined) this.#dispatch()
  }

  /**
   * Stops accepting connections. Resolves when workers have taken all waiting connections, or after `timeout`
   * milliseconds.
   */
  async close(timeout: number): Promise<void> {
    const end = performance.now() + timeout
    // Accept the connections that the operating system has already established.
    await setImmediate()
    for (const server of this.#servers) server.close()
    while (this.#waiting.length + this.#handed.size > 0 && performance.now() < end) await sleep(POLL_MS)
  }

  #accept(at: number, socket: Socket): void {
    ignoreSocketErrors(socket)
    if (this.#waiting.length >= MAX_WAITING) {
      socket.destroy()
      return
    }
    this.#waiting.push({ at, socket })
    this.#dispatch()
  }

  #takeBack(worker: WorkerHandle): Accepted | undefined {
    const accepted = this.#handed.get(worker)?.accepted
    this.#handed.delete(worker)
    if (accepted !== undefined) this.#waiting.unshift(accepted)
    return accepted
  }

  #dispatch(): void {
    for (const worker of this.#idle) {
      if (this.#waiting.length === 0) return
      // The set is ordered by when the workers became ready.
      this.#idle.delete(worker)
      if (worker.state !== 'serving' || !worker.reachable) continue
      const accepted = this.#waiting.shift()!
      this.#handed.set(worker, { accepted, since: performance.now(), isPinged: false })
      worker.send({ type: 'connection', at: accepted.at }, accepted.socket)
    }
  }

  #checkHanded(): void {
    for (const [worker, handed] of this.#handed) {
      const silence = performance.now() - handed.since
      if (silence < CHECK_MS) continue
      if (!handed.isPinged) worker.send({ type: 'ping' })
      handed.isPinged = true
      const limit = this.#events.maxSilence()
      if (limit > 0 && silence > limit + WATCHDOG_MS)
        this.#events.onSilent(worker, Math.round(silence / 1_000))
    }
  }
}

/** Maximum number of waiting connections. Each uses a file descriptor of the master. */
const MAX_WAITING = 4096

/** Milliseconds between checks for waiting connections while the dispatcher closes. */
const POLL_MS = 10

/** Milliseconds after which a worker that has not taken a connection is pinged. */
const CHECK_MS = 1_000

/** Milliseconds that the watchdog of a worker has to kill it first. */
const WATCHDOG_MS = 1_000
