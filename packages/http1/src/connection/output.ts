import type { Socket } from 'node:net'
import { type ResponsePlan, unreadTimeout } from '@tsgi/core/gateway'
import { serializeHead } from '../serialize/serialize-head.ts'

/** Something whose end is sent. */
export interface Sender {
  /** Called when everything was passed to the system, or nothing more can be. */
  close(isWhole: boolean): void
}

/**
 * The output of a connection. Collects text until it is flushed, so that the responses to requests that arrived together are
 * sent together.
 */
export class Output {
  readonly #socket: Socket
  readonly #sendTimeout: number
  /** The collected text. Each character is one byte. */
  #text = ''
  #isCorked = false
  /** Those whose responses are not yet passed to the system. */
  #unsent: Sender[] = []
  /** Expires if the client does not read. */
  #unread: NodeJS.Timeout | undefined

  /** @param sendTimeout Milliseconds in which the client may read nothing; 0 for no limit. */
  constructor(socket: Socket, sendTimeout: number) {
    this.#socket = socket
    this.#sendTimeout = sendTimeout
    socket.on('timeout', this.#onTimeout)
  }

  /** Writes text whose characters are bytes: heads, and ASCII bodies. */
  latin1(text: string): void {
    this.#text += text
  }

  utf8(text: string): void {
    this.#cork()
    this.#socket.write(text, 'utf8')
  }

  bytes(chunk: Uint8Array): void {
    this.#cork()
    this.#socket.write(chunk)
  }

  /** Writes a response of problem details, after which the connection ends. */
  problem(plan: ResponsePlan): void {
    this.latin1(serializeHead(plan, { isLast: true }).text)
    if (typeof plan.body === 'string') this.utf8(plan.body)
  }

  /** Sends `100 Continue`. */
  interim(): void {
    this.latin1('HTTP/1.1 100 Continue\r\n\r\n')
    this.flush()
  }

  /** Called when a response was written as a whole. Tells its sender when the system has accepted it. */
  finish(sender: Sender): void {
    this.#unsent.push(sender)
    if (this.#text.length > MAX_HELD) this.#writeText()
  }

  flush(): void {
    const socket = this.#socket
    this.#writeText()
    if (this.#isCorked) {
      this.#isCorked = false
      socket.uncork()
    }
    const count = this.#unsent.length
    if (count === 0) return
    if (socket.writableLength === 0) {
      this.#accepted(count)
      return
    }
    this.watch(true)
    socket.write('', (error) => {
      if (error) return
      if (socket.writableLength === 0) this.watch(false)
      this.#accepted(count)
    })
  }

  /** Sends the rest. The response to a request that no application sees has no sender. */
  end(): void {
    this.flush()
    if (this.isPending) this.watch(true)
  }

  /** Starts or ends to limit the time in which the client reads nothing. */
  watch(isStalled: boolean): void {
    if (this.#sendTimeout === 0) return
    clearTimeout(this.#unread)
    const socket = this.#socket
    socket.setTimeout(isStalled ? this.#sendTimeout : 0)
    if (!isStalled) return
    // Whatever the client sends extends the socket's own timeout.
    this.#unread = setTimeout(this.#onTimeout, unreadTimeout(this.#sendTimeout, socket.writableLength))
  }

  /** Called when nothing more can be sent. */
  close(): void {
    clearTimeout(this.#unread)
    for (const sender of this.#unsent.splice(0)) sender.close(false)
  }

  /** Leaves the socket to another protocol. */
  detach(): void {
    this.flush()
    this.watch(false)
    this.#socket.off('timeout', this.#onTimeout)
  }

  /** Whether to write nothing more before the socket's `drain` event. */
  get isCongested(): boolean {
    return this.#socket.writableNeedDrain
  }

  /** Whether some of it has not been sent. */
  get isPending(): boolean {
    return this.#text !== '' || this.#socket.writableLength > 0
  }

  readonly #onTimeout = (): void => {
    this.#socket.destroy()
  }

  #accepted(count: number): void {
    for (const sender of this.#unsent.splice(0, count)) sender.close(true)
  }

  #cork(): void {
    if (!this.#isCorked) {
      this.#isCorked = true
      this.#socket.cork()
    }
    this.#writeText()
  }

  #writeText(): void {
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    this.#socket.write(text, 'latin1')
  }
}

/** Maximum number of collected bytes. */
const MAX_HELD = 64 * 1024
