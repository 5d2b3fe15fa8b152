import { Inbox } from '../transport/inbox.ts'

/**
 * The messages of a channel, in order, from the call of `subscribe` on. Iterate over them, or pass the subscription to
 * `socket.subscribe` or to `sse` of `@tsgi/core`. It ends when the loop is left.
 *
 * If more than `maxBuffered` waits because the loop is too slow, the loop ends with an error after the messages that wait.
 */
export interface Subscription extends AsyncIterable<string>, Disposable {
  /**
   * Resolves with `true` when messages of other processes arrive, and with `false` if the broker cannot be reached now. Never
   * rejects. Await it before you read the state that messages change.
   */
  readonly ready: Promise<boolean>
  /**
   * Passes the messages to a function as they arrive, instead of a loop. Nothing is buffered. An error of the function is
   * reported.
   *
   * @throws Error if more than `maxBuffered` has already arrived.
   */
  forward(receive: (data: string) => void): void
  /** Ends the subscription, and its loop. */
  unsubscribe(): void
}

export interface SubscriptionSettings {
  readonly maxBuffered: number
  readonly signal: AbortSignal | undefined
  readonly ready: Promise<boolean>
  /** Called with an error of the function that receives the messages. */
  readonly onFailure: (error: unknown) => void
  /** Called when it ends. */
  readonly onEnd: () => void
}

/** A subscription with the messages that wait for its loop. */
export class ChannelSubscription implements Subscription {
  readonly #name: string
  readonly #settings: SubscriptionSettings
  readonly #inbox: Inbox<string>
  #receive: ((data: string) => void) | undefined
  #isEnded = false
  #failure: Error | undefined

  constructor(name: string, settings: SubscriptionSettings) {
    this.#name = name
    this.#settings = settings
    this.#inbox = new Inbox(settings.maxBuffered)
    settings.signal?.addEventListener('abort', this.#onAbort)
  }

  get ready(): Promise<boolean> {
    return this.#settings.ready
  }

  /** Takes a message of the channel. */
  deliver(data: string): void {
    if (this.#isEnded) return
    if (this.#receive !== undefined) {
      this.#pass(data, this.#receive)
      return
    }
    if (this.#inbox.add(data)) return
    this.#failure = new Error(
      `channels: a subscriber of '${this.#name}' is too slow: more than maxBuffered waits`,
    )
    this.unsubscribe()
  }

  forward(receive: (data: string) => void): void {
    if (this.#failure !== undefined) throw this.#failure
    // The function may publish in the channel: that waits behind the messages before it.
    for (let waiting = this.#inbox.take(); waiting.length > 0; waiting = this.#inbox.take()) {
      for (const data of waiting) this.#pass(data, receive)
    }
    this.#receive = receive
  }

  #pass(data: string, receive: (data: string) => unknown): void {
    const { onFailure } = this.#settings
    try {
      const returned = receive(data)
      if (returned instanceof Promise) returned.catch(onFailure)
    } catch (error) {
      onFailure(error)
    }
  }

  unsubscribe(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#settings.signal?.removeEventListener('abort', this.#onAbort)
    this.#inbox.end()
    this.#settings.onEnd()
  }

  [Symbol.dispose](): void {
    this.unsubscribe()
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: async () => {
        const result = await this.#inbox.next()
        if (result.done === true && this.#failure !== undefined) throw this.#failure
        return result
      },
      return: () => {
        this.unsubscribe()
        return Promise.resolve({ value: undefined, done: true })
      },
    }
  }

  readonly #onAbort = (): void => this.unsubscribe()
}
