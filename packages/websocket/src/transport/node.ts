import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws'
import type { Settings } from '../options/websocket-options.ts'
import { type Pinged, Pinger } from './pinger.ts'
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
  const pinger = limits.ping > 0 ? new Pinger(limits.ping) : undefined
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
    let opened: PatientWebSocket | undefined
    // Calls back immediately, or never.
    server.handleUpgrade(incoming, socket, head, (websocket) => {
      opened = websocket as PatientWebSocket
    })
    if (opened === undefined) {
      receiver.finish({ code: 1006, reason: '', clean: false })
      return
    }
    receiver.opened(new StreamTransport(opened, receiver, limits.maxBuffered, pinger))
    // The gateway has paused it.
    socket.resume()
  }
}

/** A WebSocket of `ws`, and the transport that its events are passed to. */
class PatientWebSocket extends WebSocket {
  transport: StreamTransport | undefined

  /** Confirms the end after the handler could reply to the messages that have arrived together with it. */
  override close(code?: number, reason?: string | Buffer): void {
    setImmediate(() => super.close(code, reason))
  }

  /** Passes the events on without listeners, which would take a tenth of the memory of an idle connection. */
  override emit(event: string | symbol, ...[first, second]: unknown[]): boolean {
    const { transport } = this
    switch (event) {
      case 'message':
        transport?.received(first as Buffer, second as boolean)
        break
      case 'ping':
      case 'pong':
        transport?.heard()
        break
      case 'error':
        transport?.failed(first as Error & { readonly code?: string })
        break
      case 'close':
        transport?.closed(first as number, String(second))
    }
    return true
  }
}

/** The connection of a WebSocket that `ws` reads and writes. */
class StreamTransport implements Transport, Pinged {
  readonly #websocket: PatientWebSocket
  readonly #receiver: Receiver
  readonly #maxBuffered: number
  readonly #pinger: Pinger | undefined
  /** Pings since the client was last heard. */
  #unanswered = 0
  #failure: Close | undefined

  constructor(
    websocket: PatientWebSocket,
    receiver: Receiver,
    maxBuffered: number,
    pinger: Pinger | undefined,
  ) {
    this.#websocket = websocket
    this.#receiver = receiver
    this.#maxBuffered = maxBuffered
    this.#pinger = pinger
    websocket.transport = this
    pinger?.add(this)
  }

  received(data: Buffer, isBinary: boolean): void {
    this.#unanswered = 0
    this.#receiver.received(isBinary ? plainBytes(data) : data.toString())
  }

  heard(): void {
    this.#unanswered = 0
  }

  /** `ws` has sent the close frame that the error requires. */
  failed({ code = '', message }: Error & { readonly code?: string }): void {
    this.#failure ??= { code: codes[code] ?? 1002, reason: message, clean: false }
  }

  closed(code: number, reason: string): void {
    this.#pinger?.remove(this)
    const close = { code, reason, clean: code !== 1006 }
    this.#receiver.finish(close.clean ? close : (this.#failure ?? close))
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

  /** Disconnects a client that has not answered two pings. */
  ping(): void {
    if (this.#receiver.isPaused) this.#unanswered = 0
    const websocket = this.#websocket
    if (this.#unanswered < 2) {
      this.#unanswered++
      if (websocket.readyState === websocket.OPEN) websocket.ping()
      return
    }
    this.#failure ??= { code: 1006, reason: 'The client did not answer pings', clean: false }
    websocket.terminate()
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
