import {
  HEADER_SIZE,
  MODIFIER_MANAGE_PATH_INFO,
  MODIFIER_PING,
  MODIFIER_REQUEST,
  type Packet,
  PacketError,
} from './packet.ts'

/** The options of {@link PacketReader}. */
export interface PacketReaderOptions {
  /** Variables of a packet; 256 by default. */
  readonly maxVariables?: number
}

/**
 * Reads one packet from bytes as they come. It does no I/O, holds at most the 65,539 bytes that a packet can have,
 * and copies nothing of a packet that comes in one piece.
 *
 * A packet is refused whose modifier is neither a request's (0, 30) nor a ping's (100), whose lengths overrun it, with
 * a name of no bytes, with too many variables, or that is of two minds on `CONTENT_LENGTH`: where the body ends, no
 * two readers may differ.
 *
 * @throws TypeError where an option is not what it should be, naming it.
 *
 * @example
 * ```ts
 * import { encodePacket, PacketReader } from '@tsgi/uwsgi'
 *
 * const bytes = encodePacket(['REQUEST_METHOD', 'POST', 'CONTENT_LENGTH', '5'])
 * const reader = new PacketReader()
 * reader.push(bytes.subarray(0, 10)) // => undefined
 * const packet = reader.push(Buffer.concat([bytes.subarray(10), Buffer.from('he')]))
 * packet?.variables // => ['REQUEST_METHOD', 'POST', 'CONTENT_LENGTH', '5']
 * packet?.contentLength // => 5
 * reader.rest.toString() // => 'he'
 * ```
 */
export class PacketReader {
  /** What came after the packet in the piece that ended it: the beginning of the body. */
  rest: Buffer = Buffer.alloc(0)
  readonly #maxVariables: number
  /** The bytes so far, in room for as many as are known to come: first the header, then all. */
  #bytes: Buffer = Buffer.alloc(0)
  #filled = 0
  #over = false

  constructor(options: PacketReaderOptions = {}) {
    const { maxVariables = 256 } = options
    if (!Number.isInteger(maxVariables) || maxVariables < 1) {
      throw new TypeError(
        `PacketReader: maxVariables must be a whole number of at least 1, got ${String(maxVariables)}`,
      )
    }
    this.#maxVariables = maxVariables
  }

  /**
   * Takes the bytes that came next; gives the packet once it is whole.
   *
   * @throws PacketError where the packet is refused. Error where it was whole, or refused, before.
   */
  push(chunk: Uint8Array): Packet | undefined {
    if (this.#over) throw new Error('PacketReader: the packet is over; each needs a reader of its own')
    try {
      const packet = this.#take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      this.#over = packet !== undefined
      return packet
    } catch (error) {
      this.#over = true
      throw error
    }
  }

  #take(chunk: Buffer): Packet | undefined {
    let rest = chunk
    if (this.#filled === 0 && chunk.length >= HEADER_SIZE) {
      const end = packetEnd(chunk)
      if (chunk.length >= end) {
        this.rest = chunk.subarray(end)
        return parse(chunk.subarray(0, end), this.#maxVariables)
      }
    }
    if (this.#bytes.length === 0) this.#bytes = Buffer.allocUnsafe(HEADER_SIZE)
    for (;;) {
      const taken = rest.copy(this.#bytes, this.#filled)
      this.#filled += taken
      rest = rest.subarray(taken)
      if (this.#filled < this.#bytes.length) return undefined
      const end = packetEnd(this.#bytes)
      if (this.#filled === end) {
        this.rest = rest
        return parse(this.#bytes, this.#maxVariables)
      }
      const header = this.#bytes
      this.#bytes = Buffer.allocUnsafe(end)
      header.copy(this.#bytes)
    }
  }
}

/** Where the packet ends that begins with this header. */
function packetEnd(bytes: Buffer): number {
  const modifier = bytes[0]
  if (modifier !== MODIFIER_REQUEST && modifier !== MODIFIER_MANAGE_PATH_INFO && modifier !== MODIFIER_PING) {
    throw new PacketError('modifier', `The packet has modifier ${modifier}, which is not served.`)
  }
  return HEADER_SIZE + bytes.readUInt16LE(1)
}

function parse(bytes: Buffer, maxVariables: number): Packet {
  // Pieces of one string, made once, cost half of what a string made for each would.
  const text = bytes.toString('latin1')
  const end = bytes.length
  const variables: string[] = []
  let contentLength: string | undefined
  let secondLength: string | undefined
  let at = HEADER_SIZE
  while (at < end) {
    if (variables.length === maxVariables * 2) {
      throw new PacketError('too-many-variables', `The packet has more than ${maxVariables} variables.`)
    }
    const nameEnd = fieldEnd(bytes, at)
    const name = text.slice(at + 2, nameEnd)
    if (name === '') throw new PacketError('empty-name', 'The packet has a variable without a name.')
    at = fieldEnd(bytes, nameEnd)
    const value = text.slice(nameEnd + 2, at)
    variables.push(name, value)
    if (name === 'CONTENT_LENGTH') {
      if (contentLength !== undefined) throw lengthFault('The packet has two CONTENT_LENGTH.')
      contentLength = value
    } else if (name === 'HTTP_CONTENT_LENGTH') {
      if (secondLength !== undefined) throw lengthFault('The packet has two HTTP_CONTENT_LENGTH.')
      secondLength = value
    }
  }
  // Some front ends send the field in both places.
  if (secondLength !== undefined && secondLength !== (contentLength ?? '')) {
    throw lengthFault('CONTENT_LENGTH and HTTP_CONTENT_LENGTH differ.')
  }
  return {
    modifier1: bytes[0]!,
    modifier2: bytes[3]!,
    variables,
    contentLength: parseLength(contentLength),
  }
}

/** Where the name or value ends whose length stands at `at`. */
function fieldEnd(bytes: Buffer, at: number): number {
  if (at + 2 > bytes.length) throw overrun()
  const end = at + 2 + bytes.readUInt16LE(at)
  if (end > bytes.length) throw overrun()
  return end
}

function parseLength(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined
  if (!/^\d{1,15}$/.test(value)) throw lengthFault('CONTENT_LENGTH is not a number of bytes.')
  return Number(value)
}

function overrun(): PacketError {
  return new PacketError('overrun', 'A length in the packet is more than is left of it.')
}

function lengthFault(message: string): PacketError {
  return new PacketError('content-length', message)
}
