/** Records how a server reads the bytes of one connection. */
import { createServer } from 'node:http'
import { duplexPair } from 'node:stream'
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import type { HttpError } from '@tsgi/core'
import type { Connection } from './connection.ts'
import type { RequestHead } from './request-head.ts'
import { createEngine } from './serve.ts'
import type { Transport } from './transport.ts'
import type { Turn } from './turn.ts'

export interface SeenRequest {
  readonly method: string
  readonly target: string
  readonly version: string
  /** Names in lower case and values, in order. */
  readonly fields: readonly (readonly [string, string])[]
  /** The bytes of the body as latin1. */
  body: string
  isWhole: boolean
}

export interface Seen {
  readonly requests: SeenRequest[]
  /** Why it stopped reading. Undefined if it waits for more or ended normally. */
  refusal: string | undefined
  /** Everything sent, as latin1. */
  answers: string
}

/** Returns how node:http reads these pieces. */
export async function seenByNode(pieces: readonly Uint8Array[]): Promise<Seen> {
  const seen: Seen = { requests: [], refusal: undefined, answers: '' }
  const server = createServer({ maxHeaderSize: 16_384 }, (incoming, outgoing) => {
    const { method = '', url = '', httpVersion, rawHeaders } = incoming
    const fields: [string, string][] = []
    for (let at = 0; at < rawHeaders.length; at += 2)
      fields.push([rawHeaders[at]!.toLowerCase(), rawHeaders[at + 1]!])
    const request = { method, target: url, version: httpVersion, fields, body: '', isWhole: false }
    seen.requests.push(request)
    incoming.on('data', (chunk: Buffer) => {
      request.body += chunk.toString('latin1')
    })
    incoming.on('end', () => {
      request.isWhole = true
      outgoing.writeHead(200, ['content-length', '0'])
      outgoing.end()
    })
  })
  server.maxHeadersCount = 0
  // Keep the connection: earlier requests have not all been emitted yet.
  server.on('clientError', (error: Error & { code?: string }) => {
    seen.refusal ??= error.code ?? error.message
  })
  server.on('connect', () => {
    seen.refusal ??= 'CONNECT'
  })
  await converse(seen, pieces, (socket) => server.emit('connection', socket))
  if (/^HTTP\/1\.1 4/m.test(seen.answers)) seen.refusal ??= 'answered 4xx'
  return seen
}

/** Returns how the engine reads these pieces. */
export async function seenByEngine(pieces: readonly Uint8Array[]): Promise<Seen> {
  const seen: Seen = { requests: [], refusal: undefined, answers: '' }
  const engine = createEngine((connection, head) => new RecordingTurn(seen, connection, head), {})
  await converse(seen, pieces, (socket) => engine.connect(socket))
  const [, problem] = /^HTTP\/1\.1 [45].*?^(\{.*?\})/ms.exec(seen.answers) ?? []
  if (problem !== undefined) {
    const { detail, title } = JSON.parse(problem)
    seen.refusal ??= detail ?? title
  }
  return seen
}

class RecordingTurn implements Turn {
  readonly #seen: Seen
  readonly #connection: Connection
  readonly #keepAlive: boolean
  readonly #request: SeenRequest

  constructor(seen: Seen, connection: Connection, head: RequestHead) {
    this.#seen = seen
    this.#connection = connection
    this.#keepAlive = head.keepAlive
    const { method, target, minorVersion } = head
    const fields = head.fields().map(([name, value]) => [name.toLowerCase(), value] as const)
    this.#request = { method, target, version: `1.${minorVersion}`, fields, body: '', isWhole: false }
    seen.requests.push(this.#request)
  }

  start(): void {
    if (this.#connection.hasRest) this.#connection.read()
    else this.end()
  }

  data(bytes: Buffer): void {
    this.#request.body += bytes.toString('latin1')
    this.#connection.read()
  }

  end(): void {
    this.#request.isWhole = true
    this.#connection.output.latin1('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    this.#connection.finish(!this.#keepAlive)
  }

  broken(error: HttpError): void {
    this.#seen.refusal = error.detail
    this.#connection.end()
  }

  over(): void {}
}

/** Sends the pieces one at a time until nothing more happens. */
async function converse(
  seen: Seen,
  pieces: readonly Uint8Array[],
  accept: (socket: Transport) => void,
): Promise<void> {
  const [client, socket] = duplexPair()
  client.on('error', () => {})
  client.on('data', (chunk: Buffer) => {
    seen.answers += chunk.toString('latin1')
  })
  accept(socket)
  for (const piece of pieces) {
    if (client.destroyed || socket.destroyed) break
    client.write(piece)
    await turnOfLoop()
  }
  let before = ''
  for (let quiet = 0; quiet < 3; quiet++) {
    await turnOfLoop()
    const now = JSON.stringify(seen)
    if (now !== before) quiet = 0
    before = now
  }
  client.destroy()
  socket.destroy()
}
