import type { BaseExchange } from './base-exchange.ts'

/** What a gateway writes to: Node's writable streams are such. */
export interface Outlet {
  /** Takes bytes; says whether it takes more at once. */
  write(chunk: Uint8Array): boolean
  on(event: 'drain' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'close', listener: () => void): unknown
}

/** A response's body that is a stream, and what a gateway does with it: see {@link streamBody}. */
export interface StreamedBody {
  readonly body: ReadableStream<Uint8Array>
  /** Bytes that the application says it has. */
  readonly declared: number | undefined
  readonly outlet: Outlet
  /** Writes the head. `isAlone` says that no chunk is there to go out with it. */
  begin(isAlone: boolean): void
  /** Writes head and body, all of which came before anything was written. */
  whole(body: Uint8Array): void
  /** Told when the client takes nothing, and when it does again: that may not last for ever. */
  stalled(isStalled: boolean): void
  /** All of the body was written. */
  end(): void
  /** Answers the failure of the body, or cuts off what was begun. */
  fail(error: unknown): void
}

// Every runtime with sockets has them; the standard library's types do not.
declare function setImmediate(callback: () => void): unknown
declare function clearImmediate(handle: unknown): void

/**
 * Writes a response whose body is a stream, no faster than the client takes it, and counts its bytes in
 * `exchange.bytes`. When the client leaves, the stream is cancelled.
 *
 * The head waits for the first chunk, but no longer than until the event loop comes round: a body that is over by then
 * is written whole, with its length; one that failed can be answered 500.
 *
 * @example
 * ```ts
 * import { stream } from '@tsgi/core'
 * import { BaseExchange, createEnviron, streamBody } from '@tsgi/core/gateway'
 *
 * class LoopbackExchange extends BaseExchange {
 *   readonly scheme = 'http'
 *   readonly host = 'localhost'
 *   readonly protocol = 'HTTP/1.1'
 *   readonly remoteAddress = ''
 *   readonly gateway = { name: 'loopback', version: '1', multiprocess: false, native: null }
 *   readonly settings = { errors: { write() {} }, tasks: new Set<Promise<unknown>>() }
 *   readonly environ = createEnviron(this, { method: 'GET', pathInfo: '/', queryString: '' })
 *   protected readonly wasSent = true
 *   protected makeHeaders = () => new Headers()
 *   protected openBody = () => null
 * }
 *
 * const written: string[] = []
 * await new Promise<void>((resolve) => {
 *   streamBody(new LoopbackExchange(), {
 *     body: stream(['Hello ', 'world']).body!,
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
  const { declared, outlet } = to
  const reader = to.body.getReader()
  let held: Uint8Array | undefined
  let begun = false

  function put(chunk: Uint8Array): boolean {
    exchange.bytes += chunk.byteLength
    if (declared !== undefined && exchange.bytes > declared) {
      throw new TypeError(`The application's Content-Length is ${declared}, but its body has more bytes`)
    }
    return outlet.write(chunk)
  }

  function begin(): void {
    begun = true
    clearImmediate(early)
    to.begin(held === undefined)
    if (held !== undefined) put(held)
  }

  async function pump(): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read()
      if (exchange.closed) return
      if (done) break
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`The body of the response holds a ${typeof value}, not bytes`)
      }
      if (value.byteLength === 0) continue
      if (!begun && held === undefined) {
        held = value
        continue
      }
      if (!begun) begin()
      if (put(value)) continue
      to.stalled(true)
      await drained(outlet)
      if (exchange.closed) return
      to.stalled(false)
    }
    clearImmediate(early)
    if (!begun) {
      to.whole(held ?? new Uint8Array())
      return
    }
    if (declared !== undefined && exchange.bytes < declared) {
      throw new TypeError(
        `The application's Content-Length is ${declared}, but its body has ${exchange.bytes} bytes`,
      )
    }
    to.end()
  }

  function fail(error: unknown): void {
    // What a source throws because its client left is not news.
    if (exchange.closed) return
    clearImmediate(early)
    exchange.onGone = undefined
    reader.cancel(error).catch(() => {})
    to.fail(error)
  }

  const early = setImmediate(() => {
    try {
      begin()
    } catch (error) {
      fail(error)
    }
  })
  exchange.onGone = (reason) => {
    clearImmediate(early)
    reader.cancel(reason).catch((error: unknown) => exchange.errors.write(error))
  }
  pump().catch(fail)
}

/**
 * Settles when the other side has taken what was written, or is gone.
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
