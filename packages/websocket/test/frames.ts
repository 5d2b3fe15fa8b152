/** Frames of WebSockets, byte by byte, to send what no client would. */
import { once } from 'node:events'
import type { Socket } from 'node:net'

export const CONTINUATION = 0
export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10

interface FrameOptions {
  readonly fin?: boolean
  /** The reserved bits: 4 for RSV1, 2 for RSV2, 1 for RSV3. */
  readonly rsv?: number
  readonly masked?: boolean
  /** The announced length, if not that of the payload. */
  readonly length?: number | bigint
}

/** Encodes a frame (RFC 6455 §5.2). Text is sent as UTF-8. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = '',
  { fin = true, rsv = 0, masked = true, length }: FrameOptions = {},
): Buffer {
  const data = Buffer.from(payload as Uint8Array)
  const size = length ?? data.length
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10)
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  head[1] = (masked ? 0x80 : 0) | (head.length === 2 ? Number(size) : head.length === 4 ? 126 : 127)
  if (head.length === 4) head.writeUInt16BE(Number(size), 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2)
  if (!masked) return Buffer.concat([head, data])
  const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d])
  return Buffer.concat([head, key, data.map((byte, at) => byte ^ key[at % 4]!)])
}

/** Encodes a close frame. */
export function close(code: number, reason: string | Uint8Array = ''): Buffer {
  return frame(
    CLOSE,
    Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason as Uint8Array)]),
  )
}

/** Splits a message into frames of these payloads. */
export function fragments(opcode: number, ...payloads: readonly (string | Uint8Array)[]): Buffer[] {
  return payloads.map((payload, at) =>
    frame(at === 0 ? opcode : CONTINUATION, payload, { fin: at === payloads.length - 1 }),
  )
}

/**
 * Sends frames on a connection that has sent its handshake. Returns what the server sends until it ends the connection, one
 * text for each frame.
 */
export async function exchange(
  socket: Socket,
  frames: readonly Uint8Array[],
  { bytewise = false }: { readonly bytewise?: boolean } = {},
): Promise<string[]> {
  socket.setNoDelay()
  const received: Buffer[] = []
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  const ended = once(socket, 'close')
  await once(socket, 'data')
  if (bytewise) await writeBytewise(socket, Buffer.concat(frames))
  else socket.write(Buffer.concat(frames))
  await ended
  const all = Buffer.concat(received)
  return decode(all.subarray(all.indexOf('\r\n\r\n') + 4))
}

async function writeBytewise(socket: Socket, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length && socket.writable; at++) {
    socket.write(bytes.subarray(at, at + 1))
    await new Promise(setImmediate)
  }
}

const names: Readonly<Record<number, string>> = { [TEXT]: 'text', [BINARY]: 'binary', [PONG]: 'pong' }

/** Describes the frames that a server has sent. Long payloads are described by their length. */
function decode(bytes: Buffer): string[] {
  const frames: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const [first, second] = [bytes[at]!, bytes[at + 1]!]
    if ((first & 0xf0) !== 0x80 || second > 127) throw new Error(`an odd frame: ${first} ${second}`)
    let start = at + 2
    let length = second
    if (second === 126) {
      length = bytes.readUInt16BE(start)
      start += 2
    } else if (second === 127) {
      length = Number(bytes.readBigUInt64BE(start))
      start += 8
    }
    at = start + length
    const payload = bytes.subarray(start, at)
    const opcode = first & 15
    if (opcode === CLOSE) frames.push(payload.length === 0 ? 'close' : `close ${payload.readUInt16BE(0)}`)
    else frames.push(`${names[opcode]} ${payload.length > 130 ? payload.length : payload.toString('latin1')}`)
  }
  return frames
}
