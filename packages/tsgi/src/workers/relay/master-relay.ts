import { warn } from '../../console/log.ts'
import { MAX_PENDING, type RelayEvent, type RelayRequest, sizeOf } from './relay-messages.ts'

/** The part of a worker that the relay needs. */
export interface RelayedWorker {
  /** Sends an event. Calls `done` when it has been sent, or cannot be sent. */
  relay(event: RelayEvent, done: () => void): void
}

/** The master's end of the relay: passes the messages of a channel to all other workers that subscribe to it. */
export class MasterRelay {
  readonly #channels = new Map<string, Set<RelayedWorker>>()
  /** The size of the messages that each worker has not read yet. */
  readonly #pending = new Map<RelayedWorker, number>()
  /** The workers that are too slow. */
  readonly #slow = new Set<RelayedWorker>()

  receive(worker: RelayedWorker, request: RelayRequest): void {
    const { channel } = request
    const workers = this.#channels.get(channel)
    if (request.do === 'publish') {
      for (const each of workers ?? []) if (each !== worker) this.#send(each, channel, request.data)
    } else if (request.do === 'unsubscribe') this.#remove(channel, worker)
    else {
      if (workers === undefined) this.#channels.set(channel, new Set([worker]))
      else workers.add(worker)
      worker.relay({ event: 'subscribed', id: request.id }, () => {})
    }
  }

  /** Called when a worker has exited. */
  ended(worker: RelayedWorker): void {
    for (const channel of this.#channels.keys()) this.#remove(channel, worker)
    this.#pending.delete(worker)
    this.#slow.delete(worker)
  }

  #remove(channel: string, worker: RelayedWorker): void {
    const workers = this.#channels.get(channel)
    if (workers?.delete(worker) === true && workers.size === 0) this.#channels.delete(channel)
  }

  #send(worker: RelayedWorker, channel: string, data: string): void {
    const size = sizeOf(channel, data)
    const pending = this.#pending.get(worker) ?? 0
    if (pending + size > MAX_PENDING) {
      if (!this.#slow.has(worker)) warn(`${worker} is too slow: dropping messages of channels for it`)
      this.#slow.add(worker)
      return
    }
    this.#pending.set(worker, pending + size)
    worker.relay({ event: 'published', channel, data }, () => {
      const left = (this.#pending.get(worker) ?? 0) - size
      if (left > 0) this.#pending.set(worker, left)
      else {
        this.#pending.delete(worker)
        this.#slow.delete(worker)
      }
    })
  }
}
