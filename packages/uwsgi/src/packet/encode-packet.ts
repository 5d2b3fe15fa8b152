import { HEADER_SIZE, MAX_SIZE, MODIFIER_REQUEST } from './packet.ts'

/** The modifiers of a packet. */
export interface PacketModifiers {
  /** The kind of packet; 0, a request, by default. */
  readonly modifier1?: number
  /** 0 by default. */
  readonly modifier2?: number
}

/**
 * Encodes a packet. `variables` alternates names and values, and their order is kept. Each character becomes one byte, so
 * encode text outside latin1 first.
 *
 * @throws RangeError if the variables take more than 65,535 bytes, the protocol's limit.
 * @throws TypeError if a name is empty or has no value, a character is above U+00FF, or a modifier is not a byte.
 *
 * @example
 * ```ts
 * import { encodePacket } from '@tsgi/uwsgi'
 *
 * encodePacket(['A', 'b']).toString('hex') // => '00060000' + '010041' + '010062'
 * ```
 */
export function encodePacket(
  variables: readonly string[],
  modifiers: PacketModifiers = {},
): Buffer<ArrayBuffer> {
  const { modifier1 = MODIFIER_REQUEST, modifier2 = 0 } = modifiers
  checkByte('modifier1', modifier1)
  checkByte('modifier2', modifier2)
  if (variables.length % 2 !== 0) throw new TypeError('encodePacket: the last variable has no value')
  let size = 0
  for (const text of variables) size += 2 + text.length
  if (size > MAX_SIZE) {
    throw new RangeError(`encodePacket: the variables take ${size} bytes, but a packet can hold ${MAX_SIZE}`)
  }
  const bytes = Buffer.allocUnsafe(HEADER_SIZE + size)
  bytes[0] = modifier1
  bytes.writeUInt16LE(size, 1)
  bytes[3] = modifier2
  let at = HEADER_SIZE
  for (const [index, text] of variables.entries()) {
    if (text === '' && index % 2 === 0) throw new TypeError('encodePacket: a variable has an empty name')
    if (ABOVE_LATIN1.test(text)) {
      throw new TypeError(`encodePacket: '${text}' has a character above U+00FF; encode it as bytes first`)
    }
    at = bytes.writeUInt16LE(text.length, at)
    at += bytes.write(text, at, 'latin1')
  }
  return bytes
}

const ABOVE_LATIN1 = /[^\0-\xff]/

function checkByte(name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255) return
  throw new TypeError(`encodePacket: ${name} must be a whole number from 0 to 255, got ${String(value)}`)
}
