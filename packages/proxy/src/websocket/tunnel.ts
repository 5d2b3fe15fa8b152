import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { OpenSocket } from '@tsgi/core'
import { closeFrame, FrameBoundaries } from './frame-boundaries.ts'

/** How long a side may take to end after the other one has ended, in milliseconds. */
const CLOSE_TIMEOUT = 5000

/**
 * An open WebSocket between a client and an upstream server. Bytes pass unchanged in both directions, no faster than the
 * receiver reads them, and so do messages, pings, extensions and close codes.
 */
export class Tunnel implements OpenSocket {
  readonly closed: Promise<void>
  readonly #down: Direction
  readonly #up: Direction
  readonly #cut: () => void

  constructor(client: Duplex, upstream: Duplex) {
    this.#down = new Direction(upstream, client)
    this.#up = new Direction(client, upstream)
    let timer: NodeJS.Timeout | undefined
    const sides = [client, upstream]
    this.#cut = () => {
      timer ??= setTimeout(() => {
        for (const side of sides) side.destroy()
      }, CLOSE_TIMEOUT)
    }
    const closings = sides.map((side, index) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const onClose = () => {
        resolve()
        // A side that was cut off has not ended.
        if (side.readableEnded) this.#cut()
        else sides[1 - index]!.destroy()
      }
      side.on('error', () => {})
      if (side.closed) onClose()
      else side.on('close', onClose)
      return promise
    })
    this.closed = Promise.all(closings).then(() => clearTimeout(timer))
  }

  stopping(): void {}

  /** Closes both sides with a code, each as soon as the frame that is being sent to it has ended. */
  close(code: number, reason: string): void {
    this.#down.endWith(closeFrame(code, reason, undefined))
    this.#up.endWith(closeFrame(code, reason, randomBytes(4)))
    this.#cut()
  }
}

/** One direction of a tunnel. */
class Direction {
  readonly #from: Duplex
  readonly #to: Duplex
  readonly #frames = new FrameBoundaries()
  #last: Buffer | undefined
  #isOver = false

  constructor(from: Duplex, to: Duplex) {
    this.#from = from
    this.#to = to
    from.on('data', (chunk: Buffer) => this.#pass(chunk))
    from.on('end', () => this.#end())
    to.on('drain', () => from.resume())
  }

  /** Sends a last frame between two others, unless the connection is being closed already. */
  endWith(frame: Buffer): void {
    if (this.#frames.isClosing || this.#last !== undefined) return
    this.#last = frame
    if (this.#frames.isBetween) this.#end(frame)
  }

  #pass(chunk: Buffer): void {
    if (this.#isOver) return
    const last = this.#last
    const length = this.#frames.read(chunk, last !== undefined)
    if (!this.#to.writable) return
    if (!this.#to.write(chunk.subarray(0, length))) this.#from.pause()
    if (last !== undefined && this.#frames.isBetween) this.#end(last)
  }

  #end(last?: Buffer): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#to.writable) this.#to.end(last)
    // The rest is not needed, but the end is.
    this.#from.resume()
  }
}
