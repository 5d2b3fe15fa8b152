import type { Message, Transport } from './transport.ts'

/** The number of bytes or characters, and of messages, that may wait before the connection is paused. */
const PAUSE_BYTES = 64 * 1024
const PAUSE_MESSAGES = 64
/** The size that an empty message counts for, so that the number of messages is limited, too. */
const OVERHEAD = 64

type Reader<M> = (result: IteratorResult<M>) => void

/** The received messages that the handler has not read, and the iterator over them. */
export class Inbox<M extends Message = Message> implements AsyncIterator<M> {
  readonly #maxBytes: number
  readonly #messages: M[] = []
  #bytes = 0
  /** The call of `next` that receives the next message. */
  #reader: Reader<M> | undefined
  /** The calls of `next` after it, which are rare. */
  #laterReaders: Reader<M>[] | undefined
  #transport: Transport | undefined
  #isEnded = false
  #isPaused = false

  /** @param maxBytes Maximum number of unread bytes or characters if the connection cannot be paused. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Whether the connection is not read, because messages wait. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  attach(transport: Transport): void {
    this.#transport = transport
  }

  /** Adds a message. Returns whether there was room for it. */
  add(message: M): boolean {
    if (this.#isEnded) return true
    const reader = this.#takeReader()
    if (reader !== undefined) {
      reader({ value: message, done: false })
      return true
    }
    this.#messages.push(message)
    this.#bytes += message.length + OVERHEAD
    if (this.#transport?.pause === undefined) return this.#bytes <= this.#maxBytes
    if (this.#bytes > PAUSE_BYTES || this.#messages.length >= PAUSE_MESSAGES) this.#pause()
    return true
  }

  next(): Promise<IteratorResult<M>> {
    const message = this.#messages.shift()
    if (message !== undefined) {
      this.#bytes -= message.length + OVERHEAD
      if (this.#messages.length === 0) this.#resume()
      return Promise.resolve({ value: message, done: false })
    }
    if (this.#isEnded) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve) => {
      // Not one array for both: `shift` is slow if it empties an array.
      if (this.#reader === undefined) this.#reader = resolve
      else if (this.#laterReaders === undefined) this.#laterReaders = [resolve]
      else this.#laterReaders.push(resolve)
    })
  }

  /** Removes all messages that wait. */
  take(): M[] {
    this.#bytes = 0
    return this.#messages.splice(0)
  }

  /** Ends the loop after the messages that have arrived. */
  end(): void {
    this.#isEnded = true
    // The client's close frame must be read.
    this.#resume()
    for (let reader = this.#takeReader(); reader !== undefined; reader = this.#takeReader()) {
      reader({ value: undefined, done: true })
    }
  }

  #takeReader(): Reader<M> | undefined {
    const reader = this.#reader
    this.#reader = this.#laterReaders?.shift()
    return reader
  }

  #pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#transport?.pause?.()
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#transport?.resume?.()
  }
}
