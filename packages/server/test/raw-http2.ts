/** A client of HTTP/2 that sends exactly the frames it is told to. */
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'

/** A frame that arrived. */
export interface Frame {
  readonly type: number
  readonly stream: number
  readonly payload: Buffer
}

export const DATA = 0
export const HEADERS = 1
export const PRIORITY = 2
export const RST_STREAM = 3
export const SETTINGS = 4
export const PING = 6
export const GOAWAY = 7
export const WINDOW_UPDATE = 8
export const CONTINUATION = 9

export const END_STREAM = 1
export const END_HEADERS = 4

/** Formats a frame (RFC 9113 §4.1). */
export function frame(
  type: number,
  flags = 0,
  stream = 0,
  payload: Uint8Array = new Uint8Array(),
): Buffer<ArrayBuffer> {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A setting, in the payload of a SETTINGS frame (RFC 9113 §6.5.1). */
export function setting(id: number, value: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(6)
  bytes.writeUInt16BE(id)
  bytes.writeUInt32BE(value, 2)
  return bytes
}

/** A field that HPACK adds to its dynamic table, or not (RFC 7541 §6.2). */
export function field(name: string, value: string, isIndexed = false): Buffer<ArrayBuffer> {
  return Buffer.concat([Buffer.from([isIndexed ? 0x40 : 0]), literal(name), literal(value)])
}

function literal(text: string): Buffer<ArrayBuffer> {
  const length = [Math.min(text.length, 127)]
  for (let rest = text.length - 127; rest >= 0; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128)
    if (rest < 128) break
  }
  return Buffer.concat([Buffer.from(length), Buffer.from(text)])
}

/** The newest field of the dynamic table. */
export const NEWEST = 0xbe

/** The pseudo-header fields of a request. */
export function head(method: 'GET' | 'POST', path: string): Buffer<ArrayBuffer> {
  return Buffer.concat([
    Buffer.from([method === 'GET' ? 0x82 : 0x83, 0x87]),
    field(':path', path),
    field(':authority', 'a'),
  ])
}

export class RawHttp2Client implements Disposable {
  readonly socket: TLSSocket
  readonly frames: Frame[] = []
  closed = false
  #rest: Buffer = Buffer.alloc(0)

  private constructor(socket: TLSSocket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('close', () => {
      this.closed = true
    })
  }

  /** Connects, and sends the connection preface. */
  static async connect(
    port: number,
    ca: string,
    settings: Uint8Array = new Uint8Array(),
  ): Promise<RawHttp2Client> {
    const client = new RawHttp2Client(connect({ port, host: '127.0.0.1', ca, ALPNProtocols: ['h2'] }))
    await once(client.socket, 'secureConnect')
    return client.send(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(SETTINGS, 0, 0, settings))
  }

  send(...frames: readonly Uint8Array[]): this {
    this.socket.write(Buffer.concat(frames))
    return this
  }

  /** The frames of a type that have arrived. */
  of(type: number): Frame[] {
    return this.frames.filter((frame) => frame.type === type)
  }

  #read(chunk: Buffer): void {
    let rest = Buffer.concat([this.#rest, chunk])
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3)
      this.frames.push({ type: rest[3]!, stream: rest.readUInt32BE(5), payload: rest.subarray(9, end) })
      rest = rest.subarray(end)
    }
    this.#rest = rest
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}
