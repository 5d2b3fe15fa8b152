import type { RuntimeUpgrade } from '../fetch/upgrade/runtime-upgrade.ts'

/** The client's side of a WebSocket, in memory, made by `client(app).websocket(path)`. */
export interface TestSocket extends AsyncDisposable {
  /** The subprotocol that the application has chosen, or `''`. */
  readonly protocol: string
  /** The header fields that the gateway sends with the 101. */
  readonly headers: Headers
  /** How the connection was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  /** Sends a message to the application. */
  send(message: string | Uint8Array): void
  /** Returns the next message of the application. Rejects if the connection closes before. */
  next(): Promise<string | Uint8Array>
  /** Closes the connection, with code 1000 by default. */
  close(code?: number, reason?: string): void
}

/** The options of `client(app).websocket(path)`. */
export interface TestSocketInit {
  /** The subprotocols to offer, in order of preference. */
  readonly protocols?: readonly string[]
  readonly headers?: NonNullable<RequestInit['headers']>
}

type Message = string | Uint8Array

/** One side of a WebSocket in memory, with the members of a standard one that servers need. */
class MemorySocket extends EventTarget {
  readonly protocol: string
  readonly bufferedAmount = 0
  binaryType = 'arraybuffer'
  readyState = 1
  #peer: MemorySocket | undefined

  constructor(protocol: string) {
    super()
    this.protocol = protocol
  }

  connect(peer: MemorySocket): void {
    this.#peer = peer
  }

  send(message: Message): void {
    const data = typeof message === 'string' ? message : message.slice().buffer
    queueMicrotask(() => {
      if (this.readyState === 1) this.#peer?.dispatchEvent(new MessageEvent('message', { data }))
    })
  }

  close(code = 1000, reason = ''): void {
    queueMicrotask(() => {
      for (const side of [this, this.#peer]) side?.end(code, reason)
    })
  }

  end(code: number, reason: string): void {
    if (this.readyState === 3) return
    this.readyState = 3
    // Node 22 has no CloseEvent.
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason, wasClean: true }))
  }
}

/** Returns the request of a handshake. */
export function handshakeInit({ protocols = [], headers }: TestSocketInit): { readonly headers: Headers } {
  const fields = new Headers(headers)
  fields.set('connection', 'Upgrade')
  fields.set('upgrade', 'websocket')
  fields.set('sec-websocket-version', '13')
  fields.set('sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ==')
  if (protocols.length > 0) fields.set('sec-websocket-protocol', protocols.join(', '))
  return { headers: fields }
}

/** Upgrades to a WebSocket in memory, and passes on the client's side. */
export function memoryUpgrade(opened: (socket: TestSocket) => void): RuntimeUpgrade {
  return (_, response, handshake) => {
    const server = new MemorySocket(handshake.protocol ?? '')
    const client = new MemorySocket(server.protocol)
    server.connect(client)
    client.connect(server)
    const socket = testSocket(client, response.headers)
    handshake.connect({ type: 'websocket', native: server as EventTarget as WebSocket })
    opened(socket)
    return response
  }
}

function testSocket(client: MemorySocket, headers: Headers): TestSocket {
  const messages: Message[] = []
  const waiting: PromiseWithResolvers<Message>[] = []
  const { promise: closed, resolve } = Promise.withResolvers<{ code: number; reason: string }>()
  client.addEventListener('message', (event) => {
    const { data } = event as MessageEvent<string | ArrayBuffer>
    const message = typeof data === 'string' ? data : new Uint8Array(data)
    const reader = waiting.shift()
    if (reader === undefined) messages.push(message)
    else reader.resolve(message)
  })
  client.addEventListener('close', (event) => {
    const { code, reason } = event as CloseEvent
    resolve({ code, reason })
    for (const { reject } of waiting) reject(closedError(code))
  })
  return {
    protocol: client.protocol,
    headers,
    closed,
    send: (message) => client.send(message),
    async next() {
      const message = messages.shift()
      if (message !== undefined) return message
      if (client.readyState === 3) throw closedError((await closed).code)
      const reader = Promise.withResolvers<Message>()
      waiting.push(reader)
      return reader.promise
    },
    close: (code, reason) => client.close(code, reason),
    async [Symbol.asyncDispose]() {
      client.close()
      await closed
    },
  }
}

function closedError(code: number): Error {
  return new Error(`client: the WebSocket was closed with code ${code}`)
}
