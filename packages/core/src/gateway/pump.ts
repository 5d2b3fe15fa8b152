import { BodySource, type Chunk } from '../body/body-source.ts'
import { KeepAlive } from '../body/keep-alive.ts'
import type { BaseExchange } from './base-exchange.ts'

// Every runtime with sockets has them; the standard library's types do not.
declare function setImmediate(callback: (pump: Pump) => void, pump: Pump): unknown
declare function clearImmediate(handle: unknown): void
declare const Buffer: {
  from(text: string): Uint8Array
  concat(chunks: readonly Uint8Array[], length: number): Uint8Array
}

/** Where a gateway writes to, such as one of Node's writable streams. */
export interface Outlet {
  /** Takes bytes. Returns whether there is room for more. */
  write(chunk: Uint8Array): boolean
  on(event: 'drain' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'close', listener: () => void): unknown
}

/** The streamed body of a response, and how a gateway writes it: see {@link streamBody}. */
export interface StreamedBody {
  readonly body: ReadableStream<Uint8Array> | BodySource
  /** Number of bytes that the application declared. */
  readonly declared: number | undefined
  readonly outlet: Outlet
  /** Writes the head. If `isAlone`, there is no chunk yet to send with it. */
  begin(isAlone: boolean): void
  /** Writes head and body. The body has ended before anything was written. */
  whole(body: Uint8Array): void
  /** Called when the client stops reading and when it goes on, so that the gateway can bound the time between. */
  stalled(isStalled: boolean): void
  /** Ends the response. All of the body was written. */
  end(): void
  /** Answers the failure of the body, or cuts the response off if it has begun. */
  fail(error: unknown): void
}

/**
 * Writes a streamed body no faster than the client reads it, and counts its bytes in `exchange.bytes`. When the client
 * leaves, the stream is cancelled, or the iterator's `return()` is called.
 *
 * The chunks of the first turn of the event loop, up to 16 KiB or one chunk, are held back. So a body that has ended by then is
 * written whole, with its length, and one that has failed can still be answered with status 500.
 *
 * @throws TypeError if the body was already read, or is being read.
 *
 * @example
 * ```ts
 * import { stream } from '@tsgi/core'
 * import { BaseExchange, createEnviron, specVersion, streamBody, streamedParts } from '@tsgi/core/gateway'
 *
 * class LoopbackExchange extends BaseExchange {
 *   readonly scheme = 'http'
 *   readonly host = 'localhost'
 *   readonly protocol = 'HTTP/1.1'
 *   readonly remoteAddress = ''
 *   readonly settings = { errors: { write() {} }, tasks: new Set<Promise<unknown>>(), stopping: new AbortController() }
 *   readonly gateway = {
 *     name: 'loopback',
 *     version: '1',
 *     specVersion,
 *     multiprocess: false,
 *     stopping: this.settings.stopping.signal,
 *     native: null,
 *   }
 *   readonly environ = createEnviron(this, { method: 'GET', pathInfo: '/', queryString: '' })
 *   protected readonly wasSent = true
 *   protected makeHeaders = () => new Headers()
 *   protected openBody = () => null
 * }
 *
 * async function* hello() {
 *   yield 'Hello '
 *   await new Promise((resolve) => setTimeout(resolve, 1))
 *   yield 'world'
 * }
 * const written: string[] = []
 * await new Promise<void>((resolve) => {
 *   streamBody(new LoopbackExchange(), {
 *     body: streamedParts(stream(hello()))!.body,
 *     declared: undefined,
 *     outlet: { write: (chunk) => written.push(new TextDecoder().decode(chunk)) > 0, on() {}, off() {} },
 *     begin: () => written.push('head'),
 *     whole: () => {},
 *     stalled: () => {},
 *     end: resolve,
 *     fail: () => {},
 *   })
 * })
 * written // => ['head', 'Hello ', 'world']
 * ```
 */
export function streamBody(exchange: BaseExchange, to: StreamedBody): void {
  const { body } = to
  new Pump(exchange, to, body instanceof BodySource ? body.take() : BodySource.fromStream(body))
}

/** Number of bytes that are held back at most, unless they are one chunk. */
const MAX_HELD = 16 * 1024

/** Writes one body. There may be thousands of pumps that do little, so their functions are shared. */
class Pump {
  readonly #exchange: BaseExchange
  readonly #to: StreamedBody
  readonly #source: BodySource
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

  constructor(exchange: BaseExchange, to: StreamedBody, source: BodySource) {
    this.#exchange = exchange
    this.#to = to
    this.#source = source
    this.#keepAlive = source.keepAlive && new KeepAlive(source.keepAlive.interval, this)
    this.#immediate = setImmediate(beginLate, this)
    exchange.onGone = (reason) => {
      this.#cancel(reason).catch((error: unknown) => exchange.errors.write(error))
    }
    this.#run().catch((error: unknown) => this.fail(error))
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
      if (result.done) break
      this.#take(toBytes(this.#source.encode(result.value)))
      if (this.#room !== undefined) await this.#room
      if (this.#isDone) return
    }
    this.#end()
  }

  get #isDone(): boolean {
    return this.#isOver || this.#exchange.closed
  }

  #take(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    if (this.#held === undefined) {
      this.#write(chunk)
      return
    }
    if (this.#held.length > 0 && this.#heldBytes + chunk.byteLength > MAX_HELD) {
      this.begin()
      this.#write(chunk)
      return
    }
    this.#held.push(chunk)
    this.#heldBytes += chunk.byteLength
  }

  /** Writes the head and the chunks that were held back. */
  begin(): void {
    const held = this.#held ?? []
    this.#held = undefined
    clearImmediate(this.#immediate)
    this.#to.begin(held.length === 0)
    for (const chunk of held) this.#write(chunk)
  }

  #write(chunk: Uint8Array): void {
    const { declared, outlet } = this.#to
    const bytes = this.#exchange.bytes + chunk.byteLength
    if (declared !== undefined && bytes > declared) {
      throw new TypeError(`The application's Content-Length is ${declared}, but its body has more bytes`)
    }
    this.#exchange.bytes = bytes
    if (outlet.write(chunk) || this.#room !== undefined) return
    this.#to.stalled(true)
    this.#room = drained(outlet).then(() => this.#goOn())
  }

  #goOn(): void {
    this.#room = undefined
    if (!this.#exchange.closed) this.#to.stalled(false)
  }

  #end(): void {
    this.#stop()
    if (this.#held !== undefined) {
      this.#to.whole(joined(this.#held, this.#heldBytes))
      return
    }
    const { declared } = this.#to
    const { bytes } = this.#exchange
    if (declared !== undefined && bytes < declared) {
      throw new TypeError(`The application's Content-Length is ${declared}, but its body has ${bytes} bytes`)
    }
    this.#to.end()
  }

  fail(error: unknown): void {
    // Ignore errors caused by the client disconnecting.
    if (this.#exchange.closed) return
    this.#exchange.onGone = undefined
    this.#cancel(error).catch(() => {})
    this.#to.fail(error)
  }

  /** Tells the body, once, that nothing more will be read. */
  async #cancel(reason: unknown): Promise<void> {
    if (this.#isOver) return
    this.#stop()
    await this.#source.cancel(reason)
  }

  #stop(): void {
    this.#isOver = true
    clearImmediate(this.#immediate)
    this.#keepAlive?.stop()
  }

  onSilence(): void {
    // A client that reads nothing needs nothing to keep it.
    if (this.#isDone || this.#room !== undefined) return
    try {
      if (this.#held !== undefined) this.begin()
      this.#write(toBytes(this.#source.keepAlive?.chunk ?? ''))
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

/** Unlike a `TextEncoder`'s, short chunks share memory. */
function toBytes(chunk: Chunk): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)
}

/**
 * Resolves when the outlet has room again, or is closed.
 *
 * @example
 * ```ts
 * import { drained } from '@tsgi/core/gateway'
 * import { PassThrough } from 'node:stream'
 *
 * const outlet = new PassThrough({ highWaterMark: 1 })
 * outlet.write(new Uint8Array(2)) // => false
 * outlet.resume()
 * await drained(outlet)
 * outlet.writableLength // => 0
 * ```
 */
export function drained(outlet: Outlet): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      outlet.off('drain', settle)
      outlet.off('close', settle)
      resolve()
    }
    outlet.on('drain', settle)
    outlet.on('close', settle)
  })
}
