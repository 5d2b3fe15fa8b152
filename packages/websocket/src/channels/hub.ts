import { checkOptions, describe } from '@tsgi/core/options'
import type { ChannelBackend } from './backends/backend.ts'
import type { Report } from './report.ts'
import { ChannelSubscription, type Subscription } from './subscription.ts'

/** Publishes messages in channels, and subscribes to them. */
export interface Channels {
  /**
   * Sends a text to all subscriptions of a channel, in all processes. Delivery is at most once: nothing is stored, and what
   * one process publishes arrives in order. Never rejects because of the broker.
   *
   * @returns Whether the broker has taken the message. If not, only the subscriptions of this process have received it.
   * @throws TypeError if `name` is not a text, or empty, or `data` is not a text.
   */
  publish(name: string, data: string): Promise<boolean>
  /**
   * Subscribes to a channel.
   *
   * @throws TypeError if `name` is not a text, or empty, or an option is unknown or invalid.
   */
  subscribe(name: string, options?: SubscribeOptions): Subscription
}

/** The options of {@link Channels.subscribe}. */
export interface SubscribeOptions {
  /** Ends the subscription when it aborts, for example `socket.signal`. */
  readonly signal?: AbortSignal
}

/** The subscriptions of a process, connected to those of other processes. */
export class Hub implements Channels {
  readonly #backend: ChannelBackend
  readonly #maxBuffered: number
  readonly #report: Report
  readonly #subscriptions = new Map<string, Set<ChannelSubscription>>()

  constructor(backend: ChannelBackend, maxBuffered: number, report: Report) {
    this.#backend = backend
    this.#maxBuffered = maxBuffered
    this.#report = report
    backend.connect({
      receive: (name, data) => this.#deliver(name, data),
      report: (problem) => report(UNREACHED, problem),
    })
  }

  async publish(name: string, data: string): Promise<boolean> {
    checkName(name)
    if (typeof data !== 'string') {
      throw new TypeError(`channels: data must be a text, such as JSON, got ${describe(data)}`)
    }
    this.#deliver(name, data)
    return this.#reached(() => this.#backend.publish(name, data))
  }

  subscribe(name: string, options: SubscribeOptions = {}): Subscription {
    checkName(name)
    const signal = readSignal(options)
    let subscriptions = this.#subscriptions.get(name)
    if (subscriptions === undefined) {
      subscriptions = new Set()
      this.#subscriptions.set(name, subscriptions)
    }
    const ready = this.#reached(() => this.#backend.subscribe(name))
    const subscription: ChannelSubscription = new ChannelSubscription(name, {
      maxBuffered: this.#maxBuffered,
      signal,
      ready,
      onFailure: (error) => this.#report(`a subscriber of '${name}' has failed`, error),
      onEnd: () => this.#end(name, subscription),
    })
    subscriptions.add(subscription)
    if (signal?.aborted === true) subscription.unsubscribe()
    return subscription
  }

  #deliver(name: string, data: string): void {
    const subscriptions = this.#subscriptions.get(name)
    if (subscriptions === undefined) return
    // A copy: what a receiver subscribes to now gets the next message, not this one.
    for (const subscription of [...subscriptions]) subscription.deliver(data)
  }

  #end(name: string, subscription: ChannelSubscription): void {
    const subscriptions = this.#subscriptions.get(name)
    if (subscriptions?.delete(subscription) !== true || subscriptions.size > 0) return
    this.#subscriptions.delete(name)
    this.#reached(async () => this.#backend.unsubscribe(name))
  }

  /** Calls the backend. Resolves with whether it has replied with `true`, and never rejects. */
  async #reached(call: () => Promise<unknown>): Promise<boolean> {
    try {
      return (await call()) === true
    } catch (error) {
      this.#report(UNREACHED, error)
      return false
    }
  }
}

const UNREACHED = 'messages may not reach other processes'

function checkName(name: unknown): void {
  if (typeof name === 'string' && name !== '') return
  throw new TypeError(`channels: the name of a channel must be a text, not empty, got ${describe(name)}`)
}

function readSignal(options: SubscribeOptions): AbortSignal | undefined {
  checkOptions('channels: subscribe', options, ['signal'])
  const { signal } = options
  if (signal === undefined || signal instanceof AbortSignal) return signal
  throw new TypeError(`channels: subscribe: signal must be an AbortSignal, got ${describe(signal)}`)
}
