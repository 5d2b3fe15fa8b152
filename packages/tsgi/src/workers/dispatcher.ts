import { createServer, type Server, type Socket } from 'node:net'
import { ignoreSocketErrors, type ListenAddress, listen, type SocketOptions } from '@tsgi/server/listen'
import type { WorkerHandle } from './worker-handle.ts'

/** A connection, and the index of the address that it came to. */
interface Accepted {
  readonly at: number
  readonly socket: Socket
}

/**
 * Accepts connections and hands them to workers in turn. A worker gets the next one when it has taken the last: one
 * whose event loop is blocked gets no more. While no worker can take them, connections wait; one that a worker has not
 * taken when it dies is another's.
 */
export class Dispatcher {
  readonly #servers: Server[] = []
  readonly #idle = new Set<WorkerHandle>()
  readonly #waiting: Accepted[] = []
  /** What each worker was handed and has not taken. */
  readonly #handed = new Map<WorkerHandle, Accepted>()
  readonly #report: (problem: unknown) => void

  constructor(report: (problem: unknown) => void) {
    this.#report = report
  }

  /** Connections that wait for a worker. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Listens on all of these; returns where, with the ports that were really taken. */
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

  /** Says that this worker can take a connection. */
  ready(worker: WorkerHandle): void {
    // What is closed here is only the master's own end of it.
    this.#handed.get(worker)?.socket.destroy()
    this.#handed.delete(worker)
    if (worker.state !== 'serving') return
    this.#idle.add(worker)
    this.#dispatch()
  }

  /** Says that nothing more will be heard of this worker. */
  lost(worker: WorkerHandle): void {
    const accepted = this.#handed.get(worker)
    this.#handed.delete(worker)
    this.#idle.delete(worker)
    if (accepted === undefined) return
    this.#waiting.unshift(accepted)
    this.#dispatch()
  }

  /** Accepts nothing more; what waits is handed on still, as long as workers are ready. */
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
      // The set is in the order in which workers became ready.
      this.#idle.delete(worker)
      if (worker.state !== 'serving' || !worker.reachable) continue
      const accepted = this.#waiting.shift()!
      this.#handed.set(worker, accepted)
      worker.send({ type: 'connection', at: accepted.at }, accepted.socket)
    }
  }
}

/** What may wait for a worker; each is an open file of the master. */
const MAX_WAITING = 4096
