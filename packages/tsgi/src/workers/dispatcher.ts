import { createServer, type Server, type Socket } from 'node:net'
import { ignoreSocketErrors, type ListenAddress, listen, type SocketOptions } from '@tsgi/server/listen'
import type { WorkerHandle } from './worker-handle.ts'

/** A connection, and the index of the address that it was made to. */
interface Accepted {
  readonly at: number
  readonly socket: Socket
}

/**
 * Accepts connections and hands them to workers in turn. A worker gets the next connection once it has taken the one
 * before, so a worker with a blocked event loop gets no more. If all workers are busy, connections wait. If a worker dies
 * before it has taken a connection, another worker gets it.
 */
export class Dispatcher {
  readonly #servers: Server[] = []
  readonly #idle = new Set<WorkerHandle>()
  readonly #waiting: Accepted[] = []
  /** The connection that each worker was handed and has not taken yet. */
  readonly #handed = new Map<WorkerHandle, Accepted>()
  readonly #report: (problem: unknown) => void

  constructor(report: (problem: unknown) => void) {
    this.#report = report
  }

  /** The number of connections that wait for a worker. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Listens on all addresses. Returns them with the ports that were taken. */
  async listen(addresses: readonly ListenAddress[], options: SocketOptions): Promise<string[]> {
    const taken: string[] = []
    for (const [at, address] of addresses.entries()) {
      const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) =>
        this.#accept(at, socket),
      )
      this.#servers.push(server)
      taken.push(await listen(server, address, options))
      server.on('error', (error) => this.#report(error))
    }
    return taken
  }

  /** Called when a worker can take a connection. */
  ready(worker: WorkerHandle): void {
    // This closes only the master's copy of the socket.
    this.#handed.get(worker)?.socket.destroy()
    this.#handed.delete(worker)
    if (worker.state !== 'serving') return
    this.#idle.add(worker)
    this.#dispatch()
  }

  /** Called when no more messages of a worker will arrive. */
  lost(worker: WorkerHandle): void {
    const accepted = this.#handed.get(worker)
    this.#handed.delete(worker)
    this.#idle.delete(worker)
    if (accepted === undefined) return
    this.#waiting.unshift(accepted)
    this.#dispatch()
  }

  /** Stops accepting connections. Waiting ones are still handed to workers. */
  close(): void {
    for (const server of this.#servers) server.close()
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

  #dispatch(): void {
    for (const worker of this.#idle) {
      if (this.#waiting.length === 0) return
      // The set is ordered by when the workers became ready.
      this.#idle.delete(worker)
      if (worker.state !== 'serving' || !worker.reachable) continue
      const accepted = this.#waiting.shift()!
      this.#handed.set(worker, accepted)
      worker.send({ type: 'connection', at: accepted.at }, accepted.socket)
    }
  }
}

/** Maximum number of waiting connections. Each takes a file descriptor of the master. */
const MAX_WAITING = 4096
