import type { BaseExchange } from './exchange.ts'
import type { ResponsePlan } from './response-plan.ts'

/** The destination of a response, such as one of Node's writable streams. */
export interface Outlet {
  /** Writes bytes, or text that is ASCII. Returns whether there is room for more. */
  write(chunk: Uint8Array | string): boolean
  on(event: 'drain' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'close', listener: () => void): unknown
}

/** Writes responses in the format of a gateway's protocol. */
export interface ResponseWriter {
  /** The destination of the chunks of a streamed body. */
  readonly outlet: Outlet
  /** Writes a response whose body is complete, or that has none, and ends it. */
  writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void
  /** Writes the head of a streamed response. If `isAlone`, there is no chunk yet to send with it. */
  writeHead(plan: ResponsePlan, isAlone: boolean): void
  /** Ends a streamed response. All of its body was written. */
  writeEnd(): void
  /** Called when the client stops reading and when it resumes, so that the gateway can limit the time in between. */
  stalled(isStalled: boolean): void
  /** Cuts off a response that has begun, in a way that tells the client that it is incomplete. */
  cutOff(): void
}

/** The exchange of a gateway that writes responses itself. */
export type WritingExchange = BaseExchange & ResponseWriter

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
