/** Records how node:http and the parser read the bytes of one connection. */
import { createServer } from 'node:http'
import { duplexPair } from 'node:stream'
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { createRequestParser } from '../src/index.ts'

export interface SeenRequest {
  readonly method: string
  readonly target: string
  readonly version: string
  /** Names in lower case and values, in turn. */
  readonly fields: readonly string[]
  /** The bytes of the body as latin1. */
  body: string
  isWhole: boolean
}

export interface Seen {
  readonly requests: SeenRequest[]
  /** Why it rejects the bytes; undefined if it waits for more, or has ended the connection after a last request. */
  refusal: string | undefined
  /** Whether it reads nothing more. */
  isOver: boolean
}

/** Returns how the parser reads these pieces. */
export function seenByParser(pieces: readonly Uint8Array[]): Seen {
  const seen: Seen = { requests: [], refusal: undefined, isOver: false }
  const parser = createRequestParser()
  let keepAlive = true
  for (const piece of pieces) {
    if (!seen.isOver) parser.push(piece)
    while (!seen.isOver) {
      const event = parser.next()
      if (event === undefined) break
      switch (event.type) {
        case 'head': {
          const fields = event.rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text))
          const { method, target, minorVersion } = event
          const version = `1.${minorVersion}`
          keepAlive = event.keepAlive
          seen.requests.push({ method, target, version, fields, body: '', isWhole: false })
          break
        }
        case 'data':
          seen.requests.at(-1)!.body += Buffer.from(event.bytes).toString('latin1')
          break
        case 'end':
          seen.requests.at(-1)!.isWhole = true
          seen.isOver = !keepAlive
          break
        case 'error':
          seen.refusal = event.error.message
          seen.isOver = true
      }
    }
  }
  return seen
}

/** Returns how node:http reads these pieces. */
export async function seenByNode(pieces: readonly Uint8Array[]): Promise<Seen> {
  const seen: Seen = { requests: [], refusal: undefined, isOver: false }
  let answers = ''
  const server = createServer({ maxHeaderSize: 16_384 }, (incoming, outgoing) => {
    const { method = '', url = '', httpVersion, rawHeaders } = incoming
    const fields = rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text))
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
  const [client, socket] = duplexPair()
  client.on('error', () => {})
  client.on('data', (chunk: Buffer) => {
    answers += chunk.toString('latin1')
  })
  server.emit('connection', socket)
  for (const piece of pieces) {
    if (client.destroyed || socket.destroyed) break
    client.write(piece)
    await turnOfLoop()
  }
  let before = ''
  for (let quiet = 0; quiet < 3; quiet++) {
    await turnOfLoop()
    const now = JSON.stringify([seen, answers])
    if (now !== before) quiet = 0
    before = now
  }
  if (/^HTTP\/1\.1 4/m.test(answers)) seen.refusal ??= 'responded with 4xx'
  seen.isOver = seen.refusal !== undefined || socket.writableEnded || socket.destroyed
  client.destroy()
  socket.destroy()
  return seen
}
