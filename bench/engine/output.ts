import type { Transport } from './transport.ts'
import type { Turn } from './turn.ts'

/**
 * What goes out on a connection. Text is held back until it is flushed, so that the answers to all requests that came
 * in one piece leave in one piece.
 */
export class Output {
  readonly #socket: Transport
  readonly #sendTimeout: number
  /** Each character is one byte. */
  #text = ''
  #isCorked = false
  /** Those whose responses the system has not taken yet. */
  #unsent: Turn[] = []

  /** @param sendTimeout Milliseconds that the client may take nothing of what waits for it; 0 for no bound. */
  constructor(socket: Transport, sendTimeout: number) {
    this.#socket = socket
    this.#sendTimeout = sendTimeout
    socket.on('timeout', () => socket.destroy())
  }

  /** Text whose characters are bytes: heads, and bodies of ASCII. */
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

  /** Says that all of the turn's response was written. It is told when the system has taken it. */
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

  /** Says that nothing more can go out. */
  close(): void {
    for (const turn of this.#unsent.splice(0)) turn.over(false)
  }

  /** Whether nothing more should be written before the socket says `'drain'`. */
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

/** Bytes of text that are held back at the most. */
const HELD = 64 * 1024
