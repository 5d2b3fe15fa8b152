/**
 * The packet of the uwsgi protocol: a header of four bytes (modifier1, the size of what follows as a little-endian
 * u16, modifier2), then variables, each a name and a value with a little-endian u16 length before both.
 *
 * Source: uWSGI's documentation, "The uwsgi Protocol".
 */

/** One packet, read. */
export interface Packet {
  /** What the packet is: 0 and 30 are requests, 100 is a ping. */
  readonly modifier1: number
  /** What modifier1 makes of it; requests here have no use for it. */
  readonly modifier2: number
  /** Names and values in turn, in their order, a character for each byte. A name may occur more than once. */
  readonly variables: readonly string[]
  /** Bytes of the body that follow the packet; undefined where `CONTENT_LENGTH` is absent or empty. */
  readonly contentLength: number | undefined
}

/** Why a packet was refused, for a program to tell. */
export type PacketFault = 'modifier' | 'empty-name' | 'overrun' | 'too-many-variables' | 'content-length'

/**
 * A packet that cannot be read; `fault` and the message say why.
 *
 * @example
 * ```ts
 * import { PacketError, PacketReader } from '@tsgi/uwsgi'
 *
 * let fault: unknown
 * try {
 *   new PacketReader().push(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
 * } catch (error) {
 *   if (error instanceof PacketError) fault = error.fault
 * }
 * fault // => 'modifier'
 * ```
 */
export class PacketError extends Error {
  override readonly name = 'PacketError'
  readonly fault: PacketFault

  constructor(fault: PacketFault, message: string) {
    super(message)
    this.fault = fault
  }
}

/** Bytes of the header. */
export const HEADER_SIZE = 4
/** The most that a u16 says. */
export const MAX_SIZE = 65_535

/** A request for a WSGI application. */
export const MODIFIER_REQUEST = 0
/** The same, whose `PATH_INFO` has `SCRIPT_NAME` in it still. */
export const MODIFIER_MANAGE_PATH_INFO = 30
/** A question whether the server lives. */
export const MODIFIER_PING = 100
