import type { Transport } from './transport.ts'
import type { Turn } from './turn.ts'

/**
 * The output of a connection. Collects text until it is flushed, so that the responses to requests that arrived together are
 * sent together.
 */
export class Output {
  readonly #socket: Transport
  readonly #sendTimeout: number
  /** The collected text. Each character is one byte. */
  #text = ''
  #isCorked = false
  /** The turns whose responses are not yet passed to the system. */
  #unsent: Turn[] = []

  /** @param sendTimeout Milliseconds in which the client may read nothing; 0 for no limit. */
  constructor(socket: Transport, sendTimeout: number) {
    this.#socket = socket
    this.#sendTimeout = sendTimeout
    socket.on('timeout', () => socket.destroy())
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

  /** Called when a turn has written its whole response. Tells the turn when the system has accepted it. */
  finish(turn: Turn): void {
    this.#unsent.push(turn)
    if (this.#text.length > HELD) this.#writeText()
  }

  flush(): void {
    const socket = this.#socket
    this.#writeText()
    if (this.#isCorked) {
      this.#isCorked = false
      socket.uncork()
    }
    if (socket.writableLength === 0) {
      if (this.#unsent.length > 0) this.#taken(this.#unsent.length)
      return
    }
    const count = this.#unsent.length
    if (count === 0 && !this.isCongested) return
    socket.setTimeout?.(this.#sendTimeout)
    socket.write('', (error) => {
      if (error) return
      if (!this.isCongested) socket.setTimeout?.(0)
      this.#taken(count)
    })
  }

  /** Called when nothing more can be sent. */
  close(): void {
    for (const turn of this.#unsent.splice(0)) turn.over(false)
  }

  /** Whether to write nothing more before the socket's `drain` event. */
  get isCongested(): boolean {
    return this.#socket.writableNeedDrain
  }

  #taken(count: number): void {
    for (const turn of this.#unsent.splice(0, count)) turn.over(true)
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
const HELD = 64 * 1024
