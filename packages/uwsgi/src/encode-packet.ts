import { HEADER_SIZE, MAX_SIZE, MODIFIER_REQUEST } from './packet.ts'

/** The modifiers of a packet to be sent. */
export interface PacketInit {
  /** What the packet is; 0, a request, unless given. */
  readonly modifier1?: number
  /** 0 unless given. */
  readonly modifier2?: number
}

/**
 * The bytes of a packet with these variables, names and values in turn, in their order. Each character is one byte:
 * text outside latin1 is to be encoded before.
 *
 * @throws RangeError where the variables have more than 65,535 bytes, the most that the protocol can say. TypeError
 *   where a name is empty or missing its value, a character is above U+00FF, or a modifier is not a byte.
 *
 * @example
 * ```ts
 * import { encodePacket } from '@tsgi/uwsgi'
 *
 * encodePacket(['A', 'b']).toString('hex') // => '00060000' + '010041' + '010062'
 * ```
 */
export function encodePacket(variables: readonly string[], init: PacketInit = {}): Buffer<ArrayBuffer> {
  const { modifier1 = MODIFIER_REQUEST, modifier2 = 0 } = init
  checkByte('modifier1', modifier1)
  checkByte('modifier2', modifier2)
  if (variables.length % 2 !== 0) throw new TypeError('encodePacket: the last variable has no value')
  let size = 0
  for (const text of variables) size += 2 + text.length
  if (size > MAX_SIZE) {
    throw new RangeError(`encodePacket: the variables have ${size} bytes, more than ${MAX_SIZE}`)
  }
  const bytes = Buffer.allocUnsafe(HEADER_SIZE + size)
  bytes[0] = modifier1
  bytes.writeUInt16LE(size, 1)
  bytes[3] = modifier2
  let at = HEADER_SIZE
  for (const [index, text] of variables.entries()) {
    if (text === '' && index % 2 === 0) throw new TypeError('encodePacket: a variable has no name')
    if (WIDE.test(text)) {
      throw new TypeError(`encodePacket: '${text}' has a character that is not one byte`)
    }
    at = bytes.writeUInt16LE(text.length, at)
    at += bytes.write(text, at, 'latin1')
  }
  return bytes
}

const WIDE = /[^\0-\xff]/

function checkByte(option: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255) return
  throw new TypeError(`encodePacket: ${option} must be a whole number from 0 to 255, got ${String(value)}`)
}
