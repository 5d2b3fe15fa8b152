import type { ChunkSource } from '../body/chunk-source.ts'
import type { BaseExchange } from './base-exchange.ts'
import { BodyPump } from './body-pump.ts'
import { bodyReader } from './body-reader.ts'

/** What a gateway writes to: Node's writable streams are such. */
export interface Outlet {
  /** Takes bytes; says whether it takes more at once. */
  write(chunk: Uint8Array): boolean
  on(event: 'drain' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'close', listener: () => void): unknown
}

/** A response's body that is streamed, and what a gateway does with it: see {@link streamBody}. */
export interface StreamedBody {
  /** The response's stream, or what {@link streamedParts} has in its place. */
  readonly body: ReadableStream<Uint8Array> | ChunkSource
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

/**
 * Writes a response whose body is a stream, no faster than the client takes it, and counts its bytes in
 * `exchange.bytes`. When the client leaves, the stream is cancelled, or `return()` of the iterator called.
 *
 * The head waits for the first chunk, but no longer than until the event loop comes round: a body that is over by then
 * is written whole, with its length; one that failed can be answered 500.
 *
 * @example
 * ```ts
 * import { stream } from '@tsgi/core'
 * import { BaseExchange, createEnviron, streamBody, streamedParts, specVersion } from '@tsgi/core/gateway'
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
 * const written: string[] = []
 * await new Promise<void>((resolve) => {
 *   streamBody(new LoopbackExchange(), {
 *     body: streamedParts(stream(['Hello ', 'world']))!.body,
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
  new BodyPump(exchange, to, bodyReader(to.body))
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
