import type { ResponsePlan } from './response-plan.ts'

/** Where a gateway writes to, such as one of Node's writable streams. */
export interface Outlet {
  /** Takes bytes. Returns whether there is room for more. */
  write(chunk: Uint8Array): boolean
  on(event: 'drain' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'close', listener: () => void): unknown
}

/** How a gateway writes a response in the format of its protocol. */
export interface ResponseWriter {
  /** Takes the chunks of a streamed body. */
  readonly outlet: Outlet
  /** Writes a response whose body is complete, or that has none, and ends it. */
  writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void
  /** Writes the head of a streamed response. If `isAlone`, there is no chunk yet to send with it. */
  writeHead(plan: ResponsePlan, isAlone: boolean): void
  /** Ends a streamed response. All of its body was written. */
  writeEnd(): void
  /** Called when the client stops reading and when it goes on, so that the gateway can bound the time between. */
  stalled(isStalled: boolean): void
  /** Ends the response that has begun, so that the client sees that it is incomplete. */
  cutOff(): void
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
