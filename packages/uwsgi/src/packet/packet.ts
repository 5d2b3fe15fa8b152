/**
 * The uwsgi packet: a header of four bytes (modifier1, the payload size as a little-endian u16, modifier2), then the
 * variables, each a name and a value with a little-endian u16 length before both.
 *
 * Source: uWSGI's documentation, "The uwsgi Protocol".
 */

/** A parsed packet. */
export interface UwsgiPacket {
  /** The kind of packet: 0 and 30 are requests, 100 is a ping. */
  readonly modifier1: number
  /** A flag whose meaning depends on `modifier1`; unused for requests. */
  readonly modifier2: number
  /** Alternating names and values in the order received, one character per byte. A name can occur more than once. */
  readonly variables: readonly string[]
  /** The number of body bytes that follow the packet; undefined if `CONTENT_LENGTH` is absent or empty. */
  readonly contentLength: number | undefined
}

/** Why a packet was rejected. */
export type PacketFault = 'modifier' | 'empty-name' | 'overrun' | 'too-many-variables' | 'content-length'

/**
 * A packet that cannot be parsed. `fault` is a code for programs; the message is for people.
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

/** Size of the packet header in bytes. */
export const HEADER_SIZE = 4
/** Maximum size of the variables in bytes: the largest u16. */
export const MAX_SIZE = 65_535

/** A WSGI request. */
export const MODIFIER_REQUEST = 0
/** A WSGI request whose `PATH_INFO` still includes `SCRIPT_NAME`. */
export const MODIFIER_MANAGE_PATH_INFO = 30
/** A health check. */
export const MODIFIER_PING = 100
