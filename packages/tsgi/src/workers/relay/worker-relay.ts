import { MAX_PENDING, type RelayEvent, type RelayRequest, sizeOf } from './relay-messages.ts'

/** The key of `globalThis` under which `@tsgi/websocket/channels` finds the relay. */
const RELAY = Symbol.for('tsgi.relay')

interface RelayListener {
  readonly receive: (channel: string, data: string) => void
}

/** The worker's end of the relay: a `ChannelBackend` of `@tsgi/websocket/channels`. */
export class WorkerRelay {
  readonly #tell: (request: RelayRequest, done: () => void) => void
  #listener: RelayListener | undefined
  #pending = 0
  #lastId = 0
  /** The channels of this worker, by name. */
  readonly #subscribed = new Map<string, PromiseWithResolvers<boolean> & { readonly id: number }>()

  /** @param tell Sends a request to the master. Calls `done` when it has been sent. */
  constructor(tell: (request: RelayRequest, done: () => void) => void) {
    this.#tell = tell
  }

  connect(listener: RelayListener): void {
    this.#listener = listener
  }

  publish(channel: string, data: string): Promise<boolean> {
    checkConnected()
    const size = sizeOf(channel, data)
    if (this.#pending + size > MAX_PENDING) throw new Error('too many messages wait for the master')
    this.#pending += size
    return new Promise((resolve) => {
      this.#tell({ do: 'publish', channel, data }, () => {
        this.#pending -= size
        resolve(true)
      })
    })
  }

  subscribe(channel: string): Promise<boolean> {
    checkConnected()
    const existing = this.#subscribed.get(channel)
    if (existing !== undefined) return existing.promise
    const id = ++this.#lastId
    const subscribed = { ...Promise.withResolvers<boolean>(), id }
    this.#subscribed.set(channel, subscribed)
    this.#tell({ do: 'subscribe', channel, id }, () => {})
    return subscribed.promise
  }

  unsubscribe(channel: string): void {
    this.#subscribed.get(channel)?.resolve(false)
    this.#subscribed.delete(channel)
    this.#tell({ do: 'unsubscribe', channel }, () => {})
  }

  /** Takes an event of the master. */
  receive(message: RelayEvent): void {
    if (message.event === 'published') {
      this.#listener?.receive(message.channel, message.data)
      return
    }
    for (const { id, resolve } of this.#subscribed.values()) if (id === message.id) resolve(true)
  }
}

/** Offers the relay to the application. */
export function offerRelay(relay: WorkerRelay): void {
  Object.defineProperty(globalThis, RELAY, { value: relay })
}

/** @throws Error if the master has exited. */
function checkConnected(): void {
  if (!process.connected) throw new Error('the master has exited')
}
