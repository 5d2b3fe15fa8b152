import type { OpenSocket } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import type { Subscription } from './channels/subscription.ts'
import type { Settings } from './options/websocket-options.ts'
import { Inbox } from './transport/inbox.ts'
import type { Close, Message, Receiver, Transport } from './transport/transport.ts'

/**
 * An open WebSocket. Iterate over it to receive messages, in order. The connection is read no faster than the loop runs. The
 * loop ends when the connection closes, without an error.
 */
export interface Socket extends AsyncIterable<Message> {
  /** The subprotocol that was chosen, or `''`. */
  readonly protocol: string
  /** The number of bytes that have not been sent to the client. */
  readonly buffered: number
  /** Aborts when the connection closes, or the gateway starts to stop. */
  readonly signal: AbortSignal
  /** How the connection was closed. Resolves, never rejects. */
  readonly closed: Promise<Close>
  /**
   * Sends a message. Resolves when less than `maxBuffered` bytes are waiting: await it before you send the next one. Has no
   * effect after the connection has closed.
   */
  send(message: Message): Promise<void>
  /**
   * Sends every message of a channel to the client, until the connection closes or you call `unsubscribe`:
   * `socket.subscribe(channels.subscribe('news'))`. A client that reads too slowly is disconnected, as for `send`.
   */
  subscribe(subscription: Subscription): void
  /** Closes the connection. `code` is 1000 (the default), or from 1001 to 4999. Only the first call has an effect. */
  close(code?: number, reason?: string): void
}

const DONE = Promise.resolve()
const CUT: Close = { code: 1006, reason: '', clean: false }
/** How many times more than `maxBuffered` may wait before a client counts as too slow. */
const SLOW_FACTOR = 16

/** The socket of the handler, and of the gateway. */
export class ServerSocket implements Socket, Receiver, OpenSocket {
  readonly protocol: string
  readonly closed: Promise<Close>
  readonly #settings: Settings
  readonly #inbox: Inbox
  /** Created only if something reads `signal`. */
  #controller: AbortController | undefined
  #abortReason: unknown
  #onOpen: ((socket: ServerSocket) => void) | undefined
  readonly #resolveClosed: (close: Close) => void
  #transport: Transport | undefined
  /** The end that this side has asked for. */
  #closing: { readonly code: number; readonly reason: string } | undefined
  #isClosed = false
  #received = 0
  #sent = 0
  /** Whether the gateway has begun to stop. It closes the connection with the right code when its turn comes. */
  isStopping = false

  constructor(settings: Settings, protocol: string, onOpen: (socket: ServerSocket) => void) {
    this.#settings = settings
    this.protocol = protocol
    this.#onOpen = onOpen
    const { promise, resolve } = Promise.withResolvers<Close>()
    this.closed = promise
    this.#resolveClosed = resolve
    this.#inbox = new Inbox(settings.limits.maxBuffered)
  }

  get buffered(): number {
    return this.#transport?.buffered ?? 0
  }

  get messages(): { readonly received: number; readonly sent: number } {
    return { received: this.#received, sent: this.#sent }
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason)
    }
    return this.#controller.signal
  }

  get isPaused(): boolean {
    return this.#inbox.isPaused
  }

  send(message: Message): Promise<void> {
    if (typeof message !== 'string' && !(message instanceof Uint8Array)) {
      const received = typeof message
      return Promise.reject(
        new TypeError(`websocket: a message must be a string or a Uint8Array, got ${received}`),
      )
    }
    if (this.#closing !== undefined || this.#isClosed) return DONE
    this.#sent++
    const room = this.#transport!.send(message)
    if (room === undefined) return DONE
    if (this.buffered <= this.#settings.limits.maxBuffered * SLOW_FACTOR) return room
    this.close(1013, 'The client reads too slowly')
    return DONE
  }

  subscribe(subscription: Subscription): void {
    if (typeof subscription?.forward !== 'function') {
      const received = describe(subscription)
      throw new TypeError(`websocket: subscribe needs a subscription of a channel, got ${received}`)
    }
    subscription.forward((message) => {
      void this.send(message)
    })
    this.closed.then(() => subscription.unsubscribe())
  }

  close(code = 1000, reason = ''): void {
    if (!Number.isInteger(code) || code < 1000 || code > 4999 || RESERVED.has(code)) {
      throw new TypeError(`websocket: code must be 1000 to 4999 and not reserved, got ${code}`)
    }
    if (this.#closing !== undefined || this.#isClosed) return
    this.#closing = { code, reason: shortened(reason) }
    // The loop ends. What the client still sends is ignored.
    this.#inbox.end()
    this.#transport?.close(code, this.#closing.reason)
  }

  [Symbol.asyncIterator](): AsyncIterator<Message> {
    return this.#inbox
  }

  opened(transport: Transport): void {
    this.#transport = transport
    this.#inbox.attach(transport)
    if (this.#closing !== undefined) transport.close(this.#closing.code, this.#closing.reason)
    else this.#onOpen?.(this)
    // It refers to the request, which nobody needs any more.
    this.#onOpen = undefined
  }

  received(message: Message): void {
    this.#received++
    if (!this.#inbox.add(message)) this.close(1013, 'The server cannot keep up')
  }

  stopping(): void {
    this.isStopping = true
    this.#abort('The server is stopping')
  }

  /** Records how the connection was closed. */
  finish(close: Close = CUT): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#inbox.end()
    this.#abort('The WebSocket has closed')
    this.#resolveClosed(close)
  }

  /** Aborts `signal`. Only the first reason counts. */
  #abort(message: string): void {
    this.#abortReason ??= new DOMException(message, 'AbortError')
    this.#controller?.abort(this.#abortReason)
  }
}

/** Codes that cannot be sent (RFC 6455 §7.4). */
const RESERVED: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015])

/** A reason has at most 123 bytes. */
function shortened(reason: string): string {
  let text = reason.slice(0, 123)
  while (new TextEncoder().encode(text).byteLength > 123) text = text.slice(0, -1)
  return text
}
