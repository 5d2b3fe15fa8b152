import type { OpenSocket } from '../../contract/upgrade.ts'
import { HttpError } from '../../response/http-error.ts'

/**
 * The open WebSockets of a gateway, which it counts, and closes when it stops.
 *
 * @example
 * ```ts
 * import { OpenSockets } from '@tsgi/core/gateway'
 *
 * const sockets = new OpenSockets({ maxWebSockets: 1000 })
 * const codes: number[] = []
 * sockets.reserve()
 * sockets.add({ closed: new Promise(() => {}), stopping() {}, close: (code) => codes.push(code) })
 * sockets.size // => 1
 * sockets.stop({ code: 1001, reason: 'The server is stopping' })
 * codes // => [1001]
 * ```
 */
export class OpenSockets {
  readonly #max: number
  readonly #open = new Set<OpenSocket>()
  /** Handshakes that were accepted and have not ended. */
  #reserved = 0
  #ending: SocketsEnding | undefined
  /** The messages of those that have closed. */
  #messages: MessageCounts = { received: 0, sent: 0 }

  /**
   * @param options.maxWebSockets Maximum number of open WebSockets; 0, the default, for no limit.
   * @param options.stopping Closes them with code 1001 when it aborts.
   */
  constructor({
    maxWebSockets = 0,
    stopping,
  }: { readonly maxWebSockets?: number; readonly stopping?: AbortSignal } = {}) {
    this.#max = maxWebSockets
    const stop = () => this.stop({ code: 1001, reason: 'The server is stopping' })
    if (stopping?.aborted) stop()
    else stopping?.addEventListener('abort', stop)
  }

  /** The number of open WebSockets. */
  get size(): number {
    return this.#open.size
  }

  /** The number of messages of all WebSockets, including those that have closed. */
  get messages(): MessageCounts {
    let total = this.#messages
    for (const { messages } of this.#open) total = sumOf(total, messages)
    return total
  }

  /**
   * Reserves the place of a WebSocket, until `add` or `release`.
   *
   * @throws HttpError 503 if the gateway is stopping, or no place is left.
   */
  reserve(): void {
    if (this.#ending !== undefined) throw unavailable('The server is stopping.')
    if (this.#max > 0 && this.#open.size + this.#reserved >= this.#max) {
      throw unavailable('The server has too many open WebSockets.')
    }
    this.#reserved++
  }

  /** Gives a reserved place back. */
  release(): void {
    this.#reserved--
  }

  /** Adds an open WebSocket in its reserved place. */
  add(socket: OpenSocket): void {
    this.#reserved--
    this.#open.add(socket)
    socket.closed.then(() => {
      this.#open.delete(socket)
      this.#messages = sumOf(this.#messages, socket.messages)
    })
    if (this.#ending !== undefined) end(socket, this.#ending)
  }

  /** Rejects further handshakes, and closes all WebSockets: at once, or spread over `spread` milliseconds. */
  stop(ending: SocketsEnding): void {
    if (this.#ending !== undefined) return
    this.#ending = ending
    const { spread = 0 } = ending
    const interval = spread / this.#open.size
    let at = 0
    for (const socket of this.#open) {
      socket.stopping()
      const delay = interval * at++
      if (delay === 0) {
        end(socket, ending)
        continue
      }
      const timer = setTimeout(end, delay, socket, ending)
      socket.closed.then(() => clearTimeout(timer))
    }
  }
}

/** The number of messages that an application has received and sent. */
interface MessageCounts {
  readonly received: number
  readonly sent: number
}

function sumOf(one: MessageCounts, other: MessageCounts = { received: 0, sent: 0 }): MessageCounts {
  return { received: one.received + other.received, sent: one.sent + other.sent }
}

/** How {@link OpenSockets} are closed. */
export interface SocketsEnding {
  readonly code: 1001 | 1012
  readonly reason: string
  /** The milliseconds over which to spread the ends, so that clients do not reconnect all at once. Default: 0. */
  readonly spread?: number
}

function end(socket: OpenSocket, { code, reason }: SocketsEnding): void {
  socket.stopping()
  socket.close(code, reason)
}

function unavailable(detail: string): HttpError {
  return new HttpError(503, detail, { headers: { 'retry-after': '1' }, report: false })
}
