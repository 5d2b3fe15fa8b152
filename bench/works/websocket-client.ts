/** A client of WebSockets that costs little: it sends the same frame, and only counts the bytes that it receives. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Bytes of a message. */
export const SIZE = 64

const message = 'x'.repeat(SIZE)
/** A text frame from the server: two bytes, then the message (RFC 6455 §5.2). */
const RECEIVED = SIZE + 2

export class WebSocketClient {
  /** The number of messages received. */
  received = 0
  /** Called with each chunk that completes a message. */
  onMessage: (() => void) | undefined
  failed = false
  /** The first bytes after the handshake. */
  first: Buffer = Buffer.alloc(0)
  readonly #socket: Socket
  #bytes = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('close', () => {
      this.failed = true
      this.onMessage?.()
    })
  }

  static async open(port: number): Promise<WebSocketClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const client = new WebSocketClient(socket)
    socket.write(
      'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    const [head] = (await once(socket, 'data')) as [Buffer]
    if (!head.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(`no WebSocket: ${head}`)
    socket.on('data', (chunk: Buffer) => client.#count(chunk))
    return client
  }

  send(): void {
    this.#socket.write(frame)
  }

  close(): void {
    this.onMessage = undefined
    this.#socket.destroy()
  }

  #count(chunk: Buffer): void {
    if (this.first.length === 0) this.first = chunk
    this.#bytes += chunk.length
    const received = Math.floor(this.#bytes / RECEIVED)
    if (received === this.received) return
    this.received = received
    this.onMessage?.()
  }
}

/** The frame that the clients send: masked with zeros. */
const frame = Buffer.concat([Buffer.from([0x81, 0x80 | SIZE, 0, 0, 0, 0]), Buffer.from(message)])

/** Rejects if a message does not come back as it was sent. */
export async function checkEcho(name: string, port: number): Promise<void> {
  const client = await WebSocketClient.open(port)
  const received = new Promise<void>((resolve) => {
    client.onMessage = resolve
  })
  client.send()
  await received
  const expected = Buffer.concat([Buffer.from([0x81, SIZE]), Buffer.from(message)])
  if (!client.first.equals(expected)) throw new Error(`${name} sends ${client.first.toString('latin1')}`)
  client.close()
}
