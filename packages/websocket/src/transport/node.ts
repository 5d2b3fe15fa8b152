import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws'
import type { Settings } from '../options/websocket-options.ts'
import type { Close, Message, Receiver, Transport } from './transport.ts'

/** The connection of a handshake on Node. */
export interface StreamConnection {
  readonly native: unknown
  readonly fields: readonly string[]
}

/** Returns a function that completes handshakes on Node, and parses the frames with `ws`. */
export function connectStreams(
  settings: Settings,
): (connection: StreamConnection, receiver: Receiver, protocol: string) => void {
  const { limits, compress } = settings
  let protocol = ''
  let fields: readonly string[] = []
  // The types lack `closeTimeout`.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    WebSocket: PatientWebSocket,
    maxPayload: limits.maxMessage,
    closeTimeout: limits.closeTimeout,
    perMessageDeflate: compress && {
      threshold: 1024,
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      concurrencyLimit: 4,
    },
    handleProtocols: () => protocol || false,
  }
  const server = new WebSocketServer(options)
  server.on('headers', (lines) => {
    for (let at = 0; at < fields.length; at += 2) lines.push(`${fields[at]}: ${fields[at + 1]}`)
  })

  return (connection, receiver, chosen) => {
    const { incoming, socket, head } = connection.native as {
      incoming: IncomingMessage
      socket: Duplex
      head: Buffer
    }
    protocol = chosen
    fields = connection.fields
    let opened: WebSocket | undefined
    // Calls back immediately, or never.
    server.handleUpgrade(incoming, socket, head, (websocket) => {
      opened = websocket
    })
    if (opened === undefined) {
      receiver.finish({ code: 1006, reason: '', clean: false })
      return
    }
    attach(opened, receiver, settings)
    // The gateway has paused it.
    socket.resume()
  }
}

/** Confirms the end after the handler could reply to the messages that have arrived together with it. */
class PatientWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    setImmediate(() => super.close(code, reason))
  }
}

function attach(websocket: WebSocket, receiver: Receiver, { limits }: Settings): void {
  const { maxBuffered, ping } = limits
  const transport = new StreamTransport(websocket, receiver, maxBuffered)
  if (ping > 0) transport.pingEvery(ping)
  receiver.opened(transport)
}

/** The connection of a WebSocket that `ws` reads and writes. */
class StreamTransport implements Transport {
  readonly #websocket: WebSocket
  readonly #receiver: Receiver
  readonly #maxBuffered: number
  #timer: NodeJS.Timeout | undefined
  /** Pings since the client was last heard. */
  #unanswered = 0
  #failure: Close | undefined

  constructor(websocket: WebSocket, receiver: Receiver, maxBuffered: number) {
    this.#websocket = websocket
    this.#receiver = receiver
    this.#maxBuffered = maxBuffered
    const hear = () => {
      this.#unanswered = 0
    }
    websocket.on('message', (data: Buffer, isBinary) => {
      this.#unanswered = 0
      receiver.received(isBinary ? plainBytes(data) : data.toString())
    })
    websocket.on('pong', hear)
    websocket.on('ping', hear)
    // `ws` has answered with the close frame that the error requires.
    websocket.on('error', (error: Error & { code?: string }) => {
      this.#failure ??= { code: codes[error.code ?? ''] ?? 1002, reason: error.message, clean: false }
    })
    websocket.on('close', (code, reason) => {
      clearInterval(this.#timer)
      const close = { code, reason: String(reason), clean: code !== 1006 }
      receiver.finish(close.clean ? close : (this.#failure ?? close))
    })
  }

  get buffered(): number {
    return this.#websocket.bufferedAmount
  }

  send(message: Message): Promise<void> | undefined {
    const websocket = this.#websocket
    if (websocket.readyState !== websocket.OPEN) return undefined
    if (websocket.bufferedAmount + message.length <= this.#maxBuffered) {
      websocket.send(message)
      return undefined
    }
    return new Promise<void>((resolve) => websocket.send(message, () => resolve()))
  }

  close(code: number, reason: string): void {
    this.#websocket.close(code, reason)
  }

  pause(): void {
    this.#websocket.pause()
  }

  resume(): void {
    this.#websocket.resume()
  }

  /** Disconnects a client that does not answer two pings. */
  pingEvery(milliseconds: number): void {
    this.#timer = setInterval(() => {
      if (this.#receiver.isPaused) this.#unanswered = 0
      const websocket = this.#websocket
      if (this.#unanswered < 2) {
        this.#unanswered++
        if (websocket.readyState === websocket.OPEN) websocket.ping()
        return
      }
      this.#failure ??= { code: 1006, reason: 'The client did not answer pings', clean: false }
      websocket.terminate()
    }, milliseconds)
  }
}

/** The close codes of the errors of `ws`. Every other error violates the protocol. */
const codes: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_INVALID_UTF8: 1007,
  ECONNRESET: 1006,
  EPIPE: 1006,
}

function plainBytes(data: Buffer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
