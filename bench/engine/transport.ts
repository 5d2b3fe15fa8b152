import type { Duplex } from 'node:stream'

/** A socket, or something that behaves like one. */
export interface Transport extends Duplex {
  readonly remoteAddress?: string | undefined
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
  setTimeout?(milliseconds: number): unknown
  resetAndDestroy?(): unknown
}
