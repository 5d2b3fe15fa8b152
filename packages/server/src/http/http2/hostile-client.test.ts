import { readBody, text } from '@tsgi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../../test/certificate.ts'
import {
  DATA,
  END_HEADERS,
  END_STREAM,
  field,
  frame,
  GOAWAY,
  HEADERS,
  head,
  NEWEST,
  PING,
  PRIORITY,
  RawHttp2Client,
  RST_STREAM,
  SETTINGS,
  setting,
  WINDOW_UPDATE,
} from '../../../test/raw-http2.ts'
import { start, until } from '../../../test/start.ts'
import type { ServeOptions } from '../../index.ts'

let certificate: TestCertificate
beforeAll(async () => {
  certificate = await TestCertificate.make()
})
afterAll(() => certificate[Symbol.asyncDispose]())

const WHOLE = END_HEADERS | END_STREAM
const ENHANCE_YOUR_CALM = 11
const CANCEL = 8

/** Starts a server that counts requests, and reads the body of those to `/read`. */
async function serving(options: ServeOptions = {}) {
  const counts = { handled: 0, rejected: 0, aborted: 0 }
  const server = await start(
    async (environ) => {
      counts.handled++
      environ.signal.addEventListener('abort', () => counts.aborted++)
      if (environ.pathInfo === '/read') await readBody(environ, 1000)
      return text('x'.repeat(50_000))
    },
    {
      listen: 'https://127.0.0.1:0',
      tls: certificate.files,
      gracefulTimeout: 60_000,
      observers: [{ rejected: () => void counts.rejected++ }],
      ...options,
    },
  )
  const open = (settings?: Uint8Array) => RawHttp2Client.connect(server.port, certificate.ca, settings)
  return Object.assign(server, { counts, open })
}

/** Requests whose headers are a few bytes of HPACK, but `count` fields of 3900 characters. */
function bombs(requests: number, count: number): Buffer {
  const blocks = [
    frame(HEADERS, WHOLE, 1, Buffer.concat([head('GET', '/'), field('x', 'v'.repeat(3900), true)])),
  ]
  for (let n = 1; n <= requests; n++) {
    const block = Buffer.concat([head('GET', '/'), Buffer.alloc(count, NEWEST)])
    blocks.push(frame(HEADERS, WHOLE, 1 + 2 * n, block))
  }
  return Buffer.concat(blocks)
}

describe('headers that are large when they are decompressed', () => {
  it('end the connection after a few', async () => {
    await using server = await serving()
    using client = await server.open()
    client.send(bombs(10, 100))
    await until(() => client.closed)
    expect(client.of(GOAWAY)[0]?.payload.readUInt32BE(4)).toBe(ENHANCE_YOUR_CALM)
    expect(server.counts).toMatchObject({ handled: 1, rejected: 2 })
  })

  it('are rejected one by one if they are only a little too large', async () => {
    await using server = await serving()
    using client = await server.open()
    client.send(bombs(20, 5))
    await until(() => server.counts.rejected === 20)
    client.send(frame(HEADERS, WHOLE, 101, head('GET', '/')))
    await until(() => server.counts.handled === 2)
  })
})

describe('a client that disconnects at once after many requests', () => {
  it.each([
    ['with headers that are too large', 100, {}],
    ['with large headers', 100, { maxHeaderSize: 1024 * 1024 }],
    ['with small headers', 0, {}],
  ])('%s leaves no connection', async (_, count, options) => {
    const server = await serving({ sendTimeout: 900, ...options })
    for (const settings of [setting(4, 0), setting(4, 65_535)]) {
      using client = await server.open(settings)
      client.send(bombs(1000, count))
    }
    await server.server.close()
    expect(server.errors).toEqual([])
  })
})

/** Frames that a client may send at any time. */
const chatter: readonly (readonly [string, () => Buffer])[] = [
  ['PING', () => frame(PING, 0, 0, Buffer.alloc(8))],
  ['SETTINGS', () => frame(SETTINGS)],
  ['WINDOW_UPDATE', () => frame(WINDOW_UPDATE, 0, 0, Buffer.from([0, 0, 0, 1]))],
  ['PRIORITY', () => frame(PRIORITY, 0, 1, Buffer.from([0, 0, 0, 0, 16]))],
]

/** Sends such a frame again and again until the connection closes. */
function chat(client: RawHttp2Client, make: () => Buffer): void {
  const timer = setInterval(() => client.send(make()), 20)
  client.socket.on('close', () => clearInterval(timer))
}

describe.each(chatter)('a client that keeps sending %s frames', (_, make) => {
  it('does not extend sendTimeout', async () => {
    await using server = await serving({ sendTimeout: 200 })
    using client = await server.open(setting(4, 0))
    client.send(frame(HEADERS, WHOLE, 1, head('GET', '/')))
    chat(client, make)
    await until(() => client.of(RST_STREAM).length === 1)
    expect(client.of(RST_STREAM)[0]?.payload.readUInt32BE()).toBe(CANCEL)
    await until(() => server.counts.aborted === 1)
    expect(client.closed).toBe(false)
  })

  it('does not extend sendTimeout for the response to a rejected request', async () => {
    await using server = await serving({ sendTimeout: 200 })
    using client = await server.open(setting(4, 0))
    client.send(frame(HEADERS, WHOLE, 1, head('GET', '/a\\b')))
    chat(client, make)
    await until(() => client.of(RST_STREAM).length === 1)
  })

  it('does not extend keepAliveTimeout and headersTimeout', async () => {
    await using server = await serving({ keepAliveTimeout: 100, headersTimeout: 200 })
    for (const isFirst of [true, false]) {
      using client = await server.open()
      if (!isFirst) client.send(frame(HEADERS, WHOLE, 1, head('GET', '/')))
      chat(client, make)
      await until(() => client.closed)
    }
  })
})

describe('a client that does not finish its request', () => {
  it.each([...chatter, ['DATA', () => frame(DATA, 0, 1)] as const])(
    'does not extend receiveTimeout with %s frames',
    async (_, make) => {
      await using server = await serving({ headersTimeout: 100, receiveTimeout: 200 })
      using client = await server.open()
      client.send(frame(HEADERS, END_HEADERS, 1, head('POST', '/read')))
      chat(client, make)
      await until(() => client.of(HEADERS).length === 1)
      // In HPACK, a status that is not in the static table is a literal (RFC 7541 §6.2).
      expect(client.of(HEADERS)[0]?.payload.includes('408')).toBe(true)
    },
  )
})
