import type { Chunk } from '../body/feed.ts'
import type { BaseExchange } from './base-exchange.ts'
import type { BodyReader } from './body-reader.ts'
import { drained, type StreamedBody } from './stream-body.ts'

// Every runtime with sockets has them; the standard library's types do not.
declare function setImmediate(callback: (pump: BodyPump) => void, pump: BodyPump): unknown
declare function clearImmediate(handle: unknown): void
declare const Buffer: { from(text: string): Uint8Array }

/**
 * Writes one body. What is at hand is written at once: it waits only for the body's next chunk, and for room where the
 * other side takes no more. There may be thousands, each with little to do: so they share their functions.
 */
export class BodyPump {
  readonly #exchange: BaseExchange
  readonly #to: StreamedBody
  readonly #reader: BodyReader
  /** What begins the body if nothing else does before the event loop comes round. */
  #early: unknown
  /** The first chunk, until the head goes out with it. */
  #held: Uint8Array | undefined
  #hasBegun = false
  /** Whether the body was asked for a chunk that it does not have yet. */
  #isWaiting = false
  /** Breaks the body's silence. Restarted, not made anew, whenever the waiting begins. */
  #timer: { refresh(): void } | undefined
  /** Settles when there is room again, where there is none. */
  #room: Promise<void> | undefined
  /** Whether the body has ended, or was let go. */
  #isOver = false

  constructor(exchange: BaseExchange, to: StreamedBody, reader: BodyReader) {
    this.#exchange = exchange
    this.#to = to
    this.#reader = reader
    this.#early = setImmediate(beginEarly, this)
    exchange.onGone = (reason) => {
      this.#letGo(reason).catch((error: unknown) => exchange.errors.write(error))
    }
    this.#run().catch((error: unknown) => this.fail(error))
  }

  async #run(): Promise<void> {
    for (;;) {
      const next = this.#reader.next()
      const isLate = 'then' in next
      if (isLate) this.#wait()
      const result = isLate ? await next : next
      this.#isWaiting = false
      // What broke the silence may not have been taken yet.
      if (this.#room !== undefined) await this.#room
      if (this.#isDone) return
      if (result.done) break
      const chunk = toBytes(this.#reader.toChunk(result.value))
      if (chunk.byteLength === 0) continue
      if (!this.#hasBegun && this.#held === undefined) {
        this.#held = chunk
        continue
      }
      if (!this.#hasBegun) this.begin()
      this.#put(chunk)
      if (this.#room !== undefined) await this.#room
      if (this.#isDone) return
    }
    this.#end()
  }

  get #isDone(): boolean {
    return this.#isOver || this.#exchange.closed
  }

  /** Writes the head, and what was held back for it. */
  begin(): void {
    this.#hasBegun = true
    clearImmediate(this.#early)
    this.#early = undefined
    this.#to.begin(this.#held === undefined)
    if (this.#held !== undefined) this.#put(this.#held)
    this.#held = undefined
  }

  #put(chunk: Uint8Array): void {
    const exchange = this.#exchange
    const { declared, outlet } = this.#to
    exchange.bytes += chunk.byteLength
    if (declared !== undefined && exchange.bytes > declared) {
      throw new TypeError(`The application's Content-Length is ${declared}, but its body has more bytes`)
    }
    if (outlet.write(chunk) || this.#room !== undefined) return
    this.#to.stalled(true)
    this.#room = drained(outlet).then(() => this.#goOn())
  }

  #goOn(): void {
    this.#room = undefined
    if (!this.#exchange.closed) this.#to.stalled(false)
  }

  #end(): void {
    const { declared } = this.#to
    const { bytes } = this.#exchange
    this.#stop()
    if (!this.#hasBegun) {
      this.#to.whole(this.#held ?? new Uint8Array())
      return
    }
    if (declared !== undefined && bytes < declared) {
      throw new TypeError(`The application's Content-Length is ${declared}, but its body has ${bytes} bytes`)
    }
    this.#to.end()
  }

  fail(error: unknown): void {
    // What a source throws because its client left is not news.
    if (this.#exchange.closed) return
    this.#exchange.onGone = undefined
    this.#letGo(error).catch(() => {})
    this.#to.fail(error)
  }

  /** Tells the body that nothing more will be asked of it, once. */
  async #letGo(reason: unknown): Promise<void> {
    if (this.#isOver) return
    this.#stop()
    await this.#reader.letGo(reason)
  }

  #stop(): void {
    this.#isOver = true
    clearImmediate(this.#early)
    clearTimeout(this.#timer as never)
  }

  #wait(): void {
    const { silence } = this.#reader
    this.#isWaiting = true
    if (silence === undefined) return
    if (this.#timer !== undefined) this.#timer.refresh()
    else this.#timer = setTimeout(breakSilence, silence.after, this) as unknown as { refresh(): void }
  }

  breakSilence(): void {
    if (this.#isDone) return
    this.#timer?.refresh()
    // A client that takes nothing hears nothing.
    if (!this.#isWaiting || this.#room !== undefined) return
    if (!this.#hasBegun) this.begin()
    this.#put(toBytes(this.#reader.toChunk(this.#reader.silence?.value)))
  }
}

function beginEarly(pump: BodyPump): void {
  try {
    pump.begin()
  } catch (error) {
    pump.fail(error)
  }
}

function breakSilence(pump: BodyPump): void {
  try {
    pump.breakSilence()
  } catch (error) {
    pump.fail(error)
  }
}

/** Text as bytes that share the memory of others where they are few, unlike a `TextEncoder`'s. */
function toBytes(chunk: Chunk): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}
