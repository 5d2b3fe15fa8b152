/** Records how node:http reads the bytes of connections, without sockets: `http.Server` accepts any Duplex. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import type { Seen, SeenRequest } from './seen.ts'

/** Whether node:http has a parser older than llhttp 9.4, like Node 22.18 and 24.15. */
export const isOldParser: boolean = /^(?:[0-8]|9\.[0-3])\./.test(process.versions.llhttp!)

/** Turns of the event loop without an event after which node:http waits for more bytes. */
const QUIET_TURNS = 3

/** Counts everything that happens on any connection. */
let events = 0

class Connection extends Duplex {
  readonly seen: Seen = { requests: [], refusal: undefined, isOver: false }
  #responses = ''

  override _read(): void {}

  override _write(chunk: Buffer, _: string, done: () => void): void {
    events++
    this.#responses += chunk.toString('latin1')
    done()
  }

  override _final(done: () => void): void {
    events++
    done()
  }

  /** Returns whether the bytes were not too late. */
  receive(bytes: Uint8Array): boolean {
    if (this.destroyed) return false
    this.push(bytes)
    return true
  }

  /** Ends the connection and returns what node:http has read. */
  leave(): Seen {
    const { seen } = this
    if (/^HTTP\/1\.1 4/m.test(this.#responses)) seen.refusal ??= 'responded with 4xx'
    seen.isOver = seen.refusal !== undefined || this.writableEnded || this.destroyed
    this.destroy()
    return seen
  }
}

const server = createServer({ maxHeaderSize: 16_384 }, (incoming, outgoing) => {
  events++
  const { seen } = incoming.socket as Duplex as Connection
  const request = requestOf(incoming)
  seen.requests.push(request)
  incoming.on('data', (chunk: Buffer) => {
    events++
    request.body += chunk.toString('latin1')
  })
  incoming.on('end', () => {
    events++
    request.isWhole = true
    respond(outgoing)
  })
})
server.maxHeadersCount = 0
// Keep the connection: earlier requests have not all been emitted yet.
server.on('clientError', (error: Error & { code?: string }, socket: Duplex) =>
  refuse(socket, error.code ?? error.message),
)
server.on('connect', (_, socket: Duplex) => refuse(socket, 'CONNECT'))

function refuse(socket: Duplex, reason: string): void {
  events++
  ;(socket as Connection).seen.refusal ??= reason
}

function requestOf({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): SeenRequest {
  const fields = rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text))
  return { method, target: url, version: httpVersion, fields, body: '', isWhole: false }
}

function respond(outgoing: ServerResponse): void {
  outgoing.writeHead(200, ['content-length', '0'])
  outgoing.end()
}

/** Returns how node:http reads the pieces of each connection. All connections get their next piece in the same turn. */
export async function seenByNode(inputs: readonly (readonly Uint8Array[])[]): Promise<Seen[]> {
  const connections = inputs.map(() => {
    const connection = new Connection({ allowHalfOpen: true })
    connection.on('error', () => {})
    server.emit('connection', connection)
    return connection
  })
  const rounds = Math.max(...inputs.map(({ length }) => length))
  for (let round = 0; round < rounds; round++) {
    for (const [at, pieces] of inputs.entries()) {
      if (round < pieces.length) connections[at]!.receive(pieces[round]!)
    }
    await turnOfLoop()
  }
  for (let quiet = 0, before = events; quiet < QUIET_TURNS; quiet++) {
    await turnOfLoop()
    if (events !== before) quiet = 0
    before = events
  }
  return connections.map((connection) => connection.leave())
}
