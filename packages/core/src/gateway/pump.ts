import type { BodySource } from '../body/body-source.ts'
import { byteLength, type Chunk, joinChunks, toBytes } from '../body/chunk.ts'
import { KeepAlive } from '../body/keep-alive.ts'
import { ignoreRejection } from '../options/ignore-rejection.ts'
import { reportBody } from '../response/report.ts'
import { checkLength, type ResponsePlan } from './response-plan.ts'
import { drained, type WritingExchange } from './response-writer.ts'
import { endEarly } from './stopping/open-streams.ts'

// Every runtime with sockets has them; the standard library's types do not.
declare function setImmediate(callback: (pump: Pump) => void, pump: Pump): unknown
declare function clearImmediate(handle: unknown): void

/** Maximum number of bytes to hold back, unless they are a single chunk. */
const MAX_HELD = 16 * 1024

/**
 * Writes a streamed body no faster than the client reads it, and counts its bytes in `exchange.bytes`. Cancels the source
 * when the client disconnects.
 *
 * Holds back the chunks of the first turn of the event loop, up to 16 KiB or one chunk. If the body ends within that turn,
 * it is written in one piece, with its length. If it fails, the client can still receive status 500.
 *
 * There may be thousands of mostly idle pumps, so their functions are shared.
 */
export class Pump {
  readonly #exchange: WritingExchange
  readonly #plan: ResponsePlan
  readonly #source: BodySource
  readonly #onFailure: (exchange: WritingExchange, error: unknown) => void
  readonly #keepAlive: KeepAlive | undefined
  /** Begins the response when the first turn of the event loop is over. */
  #immediate: unknown
  /** The chunks of the first turn; undefined once the response has begun. */
  #held: Uint8Array[] | undefined = []
  #heldBytes = 0
  /** Settles when the client reads again. */
  #room: Promise<void> | undefined
  /** Whether the body has ended or was cancelled. */
  #isOver = false

  /** @param onFailure Responds with an error if the body fails, or cuts the response off if it has begun. */
  constructor(
    exchange: WritingExchange,
    plan: ResponsePlan,
    source: BodySource,
    onFailure: (exchange: WritingExchange, error: unknown) => void,
  ) {
    this.#exchange = exchange
    this.#plan = plan
    this.#source = source.take()
    this.#onFailure = onFailure
    this.#keepAlive = source.keepAlive && new KeepAlive(source.keepAlive.interval, this)
    this.#immediate = setImmediate(beginLate, this)
    exchange.pump = this
    const { streams, stopping } = exchange.settings
    if (source.end !== undefined) streams.add(this)
    if (stopping.signal.aborted) this.endEarly()
    this.#run().catch((error: unknown) => this.fail(error))
  }

  /** Tells the source that the client has disconnected. */
  cancel(reason: unknown): void {
    this.#cancel(reason).catch((error: unknown) => reportBody(error, this.#exchange))
  }

  /** Ends the body if its source can end early, because the gateway is stopping. */
  endEarly(): void {
    const { end } = this.#source
    if (end !== undefined) endEarly(this.#exchange, end)
  }

  async #run(): Promise<void> {
    for (;;) {
      const next = this.#source.next()
      const isLate = 'then' in next
      if (isLate) this.#keepAlive?.wait()
      const result = isLate ? await next : next
      this.#keepAlive?.pause()
      // A keep-alive comment may have filled the buffer.
      if (this.#room !== undefined) await this.#room
      if (this.#isDone) return
      if (result.done) return this.#end(result.value)
      this.#take(this.#source.encode(result.value))
      if (this.#room !== undefined) await this.#room
      if (this.#isDone) return
    }
  }

  get #isDone(): boolean {
    return this.#isOver || this.#exchange.isClosed
  }

  #take(chunk: Chunk): void {
    if (chunk.length === 0) return
    const held = this.#held
    if (held === undefined || (held.length > 0 && this.#heldBytes + byteLength(chunk) > MAX_HELD)) {
      if (held !== undefined) this.begin()
      this.#write(chunk)
      return
    }
    const bytes = toBytes(chunk)
    held.push(bytes)
    this.#heldBytes += bytes.byteLength
  }

  /** Writes the head and the chunks that were held back. */
  begin(): void {
    const held = this.#held ?? []
    this.#held = undefined
    clearImmediate(this.#immediate)
    this.#exchange.writeHead(this.#plan, held.length === 0)
    this.#exchange.startSending()
    for (const chunk of held) this.#write(chunk)
  }

  #write(chunk: Chunk): void {
    const exchange = this.#exchange
    const { length } = this.#plan
    const size = byteLength(chunk)
    const bytes = exchange.bytes + size
    if (length !== undefined && bytes > length) {
      throw new TypeError(`The application's Content-Length is ${length}, but its body has more bytes`)
    }
    exchange.bytes = bytes
    const { outlet } = exchange
    // ASCII has as many bytes as characters.
    const isAscii = typeof chunk === 'string' && size === chunk.length
    if (outlet.write(isAscii ? chunk : toBytes(chunk)) || this.#room !== undefined) return
    exchange.stalled(true)
    this.#room = drained(outlet).then(() => this.#goOn())
  }

  #goOn(): void {
    this.#room = undefined
    if (!this.#exchange.isClosed) this.#exchange.stalled(false)
  }

  #end(returned: unknown): void {
    ignoreRejection(returned)
    this.#stop()
    const exchange = this.#exchange
    const plan = this.#plan
    if (this.#held === undefined) {
      checkLength(plan.length, exchange.bytes)
      exchange.writeEnd()
      return
    }
    const body = this.#held.length === 1 ? this.#held[0]! : joinChunks(this.#held, this.#heldBytes)
    const size = byteLength(body)
    checkLength(plan.length, size)
    exchange.bytes = size
    exchange.writeWhole({ ...plan, length: size }, body)
    exchange.startSending()
  }

  fail(error: unknown): void {
    // Ignore errors caused by the client disconnecting.
    if (this.#exchange.isClosed) return
    this.#exchange.pump = undefined
    this.#cancel(error).catch(() => {})
    this.#onFailure(this.#exchange, error)
  }

  /** Tells the source, once, that nothing more will be read. */
  async #cancel(reason: unknown): Promise<void> {
    if (this.#isOver) return
    this.#stop()
    await this.#source.cancel(reason)
  }

  #stop(): void {
    this.#isOver = true
    clearImmediate(this.#immediate)
    this.#keepAlive?.stop()
    this.#exchange.settings.streams.delete(this)
  }

  onSilence(): void {
    // The client still has unread data, so it needs no keep-alive comment.
    if (this.#isDone || this.#room !== undefined) return
    try {
      if (this.#held !== undefined) this.begin()
      this.#write(this.#source.keepAlive?.chunk ?? '')
    } catch (error) {
      this.fail(error)
    }
  }
}

function beginLate(pump: Pump): void {
  try {
    pump.begin()
  } catch (error) {
    pump.fail(error)
  }
}
