import { once } from 'node:events'
import { connect } from 'node:tls'
import { text } from '@tsgi/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TestCertificate } from '../../test/certificate.ts'
import { RawClient } from '../../test/raw-client.ts'
import { serve } from '../../test/serve.ts'
import { start } from '../../test/start.ts'
import type { ServeOptions } from '../index.ts'
import { parseProxyHeader } from './proxy-protocol-header.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n'
const LOOPBACK = ['127.0.0.0/8', '::1']
const app = ({ remoteAddress }: { remoteAddress: string }) => text(remoteAddress)

/** A header of version 2, as latin1. */
function binary(command: number, family: number, rest: readonly number[], length = rest.length): string {
  return SIGNATURE + String.fromCharCode(command, family, length >> 8, length & 255, ...rest)
}

const ipv4 = (address: string) => [...address.split('.').map(Number), 127, 0, 0, 1, 0x12, 0x34, 0, 80]
const ipv6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, ...Array(20).fill(0)]
const mapped = [...Array(10).fill(0), 255, 255, 192, 0, 2, 9, ...Array(20).fill(0)]

const good: [string, string | undefined][] = [
  ['PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n', '192.0.2.1'],
  ['PROXY TCP6 2001:db8::1 ::1 1 65535\r\n', '2001:db8::1'],
  ['PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n', '192.0.2.1'],
  ['PROXY UNKNOWN\r\n', undefined],
  ['PROXY UNKNOWN ffff::1 ::1 1 2\r\n', undefined],
  [binary(0x21, 0x11, ipv4('192.0.2.3')), '192.0.2.3'],
  [binary(0x21, 0x11, [...ipv4('192.0.2.4'), 3, 0, 4, 1, 2, 3, 4]), '192.0.2.4'],
  [binary(0x21, 0x21, ipv6), '2001:db8::7'],
  [binary(0x21, 0x21, mapped), '192.0.2.9'],
  [binary(0x20, 0x11, ipv4('192.0.2.3')), undefined],
  [binary(0x20, 0, []), undefined],
  [binary(0x21, 0, [1, 2, 3]), undefined],
  [binary(0x21, 0x31, Array(216).fill(65)), undefined],
]

const bad: string[] = [
  GET,
  'proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n',
  'PROXY TCP4 2001:db8::1 ::1 1 2\r\n',
  'PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n',
  'PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n',
  'PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n',
  'PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n',
  'PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n',
  'PROXY UNKNOWNX\r\n',
  'PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n',
  `PROXY UNKNOWN ${'x'.repeat(100)}\r\n`,
  `PROXY ${'x'.repeat(101)}`,
  `${SIGNATURE.slice(0, -1)}X`,
  binary(0x11, 0x11, ipv4('192.0.2.3')),
  binary(0x22, 0x11, ipv4('192.0.2.3')),
  binary(0x21, 0x11, [1, 2, 3]),
  binary(0x21, 0x21, ipv4('192.0.2.3')),
  binary(0x21, 0x41, ipv4('192.0.2.3')),
  binary(0x21, 0x11, [], 4081),
]

describe('parseProxyHeader', () => {
  it('parses both versions, and ignores the bytes after the header', () => {
    for (const [header, source] of good) {
      const parsed = parseProxyHeader(Buffer.from(header + GET, 'latin1'))
      expect(parsed).toEqual({ length: header.length, source })
    }
  })

  it('waits for the complete header', () => {
    for (const [header] of good) {
      for (let length = 0; length < header.length; length++) {
        expect(parseProxyHeader(Buffer.from(header.slice(0, length), 'latin1'))).toBe(undefined)
      }
    }
  })

  it('rejects anything else', () => {
    for (const bytes of bad) expect(() => parseProxyHeader(Buffer.from(bytes, 'latin1'))).toThrow(SyntaxError)
  })

  it('parses, waits for or rejects arbitrary bytes', () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...good.map(([header]) => header)),
        fc.nat(300),
        fc.nat(255),
        fc.string({ unit: 'binary-ascii' }),
      )
      .map(([header, at, byte, tail]) => {
        const bytes = Buffer.from(header + tail, 'latin1')
        bytes[at % bytes.length] = byte
        return bytes
      })
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          try {
            const header = parseProxyHeader(bytes)
            if (header === undefined) {
              expect(bytes.length).toBeLessThan(4096)
              return
            }
            expect(header.length).toBeLessThanOrEqual(bytes.length)
            // The result is the same without the bytes after it.
            expect(parseProxyHeader(bytes.subarray(0, header.length))).toEqual(header)
            expect(parseProxyHeader(bytes.subarray(0, header.length - 1))).toBe(undefined)
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError)
          }
        },
      ),
      { numRuns: 5000 },
    )
  })
})

describe('the header of the PROXY protocol', () => {
  it("sets the client's address for every request on the connection", async () => {
    await using server = await start(app, { proxyProtocol: LOOPBACK })
    for (const [header, source] of good) {
      using client = server.connect()
      client.send(header + GET)
      expect((await client.response()).body).toBe(source ?? '127.0.0.1')
      expect((await client.send(GET).response()).body).toBe(source ?? '127.0.0.1')
    }
  })

  it('may arrive byte by byte', async () => {
    await using server = await start(app, { proxyProtocol: LOOPBACK })
    using client = server.connect()
    client.socket.setNoDelay()
    for (const byte of good[0]![0] + GET) {
      client.send(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await client.response()).body).toBe('192.0.2.1')
  })

  it('is required and must be well-formed, or the connection is closed', async () => {
    await using server = await start(app, { proxyProtocol: LOOPBACK })
    for (const bytes of bad) {
      using client = server.connect()
      client.send(bytes)
      expect(await client.end()).toBe('')
    }
    using half = server.connect()
    half.send('PROXY TCP4').socket.end()
    expect(await half.end()).toBe('')
    expect(server.errors).toEqual([])
  })

  it('must arrive in time', async () => {
    await using server = await start(app, { proxyProtocol: LOOPBACK, headersTimeout: 50 })
    using client = server.connect()
    client.send('PROXY ')
    expect(await client.end()).toBe('')
    using second = server.connect()
    second.send(`${good[0]![0]}GET / HTTP/1.1\r\n`)
    expect(await second.end()).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is not read from other addresses', async () => {
    await using server = await start(app, { proxyProtocol: ['192.0.2.0/24'] })
    expect((await server.raw(GET)).body).toBe('127.0.0.1')
    expect((await server.raw(good[0]![0] + GET)).status).toBe(400)
  })

  it('comes before TLS, and sets the address that trustProxy checks', async () => {
    await using certificate = await TestCertificate.make()
    await using server = await start(({ remoteAddress, protocol }) => text(`${remoteAddress} ${protocol}`), {
      listen: 'https://127.0.0.1:0',
      tls: certificate.files,
      proxyProtocol: LOOPBACK,
      trustProxy: ['192.0.2.1'],
    })
    using balancer = new RawClient(server.port)
    await once(balancer.socket, 'connect')
    balancer.socket.removeAllListeners('data')
    balancer.send(good[0]![0])
    const socket = connect({ socket: balancer.socket, ca: certificate.ca, servername: 'localhost' })
    await once(socket, 'secureConnect')
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.write('GET / HTTP/1.0\r\nHost: a\r\nX-Forwarded-For: 203.0.113.5\r\n\r\n')
    await once(socket, 'end')
    expect(received).toMatch(/203\.0\.113\.5 HTTP\/1\.0$/)
    socket.destroy()

    const { connect: connectHttp2 } = await import('node:http2')
    using second = new RawClient(server.port)
    await once(second.socket, 'connect')
    second.socket.removeAllListeners('data')
    second.send(good[5]![0])
    const secure = connect({
      ...{ socket: second.socket, ca: certificate.ca, servername: 'localhost', ALPNProtocols: ['h2'] },
    })
    await once(secure, 'secureConnect')
    const session = connectHttp2('https://localhost', { createConnection: () => secure })
    const stream = session.request({})
    let body = ''
    for await (const chunk of stream) body += chunk
    expect(body).toBe('192.0.2.3 HTTP/2')
    session.close()
  })

  it('without a request does not keep the connection open, and gets no response', async () => {
    await using server = await start(app, { proxyProtocol: LOOPBACK, headersTimeout: 100 })
    for (const [header] of good) {
      using client = server.connect()
      expect(await client.send(header).end()).toBe('')
    }
    using client = server.connect()
    expect((await client.send(`${good[0]![0]}GET`).response()).status).toBe(408)
  })

  it('is not waited for when the server closes', async () => {
    const server = await start(app, { proxyProtocol: LOOPBACK, gracefulTimeout: 60_000 })
    using waiting = server.connect()
    await once(waiting.socket, 'connect')
    using silent = server.connect()
    silent.send(good[0]![0])
    using half = server.connect()
    half.send('PROXY TCP4')
    using idle = server.connect()
    idle.send(good[0]![0] + GET)
    await idle.response()
    await server.server.close()
    expect(await waiting.end()).toBe('')
    expect(await idle.end()).toBe('')
  })

  it('requires addresses', async () => {
    for (const proxyProtocol of [true, ['everyone'], ['10.0.0.0/33'], '10.0.0.1']) {
      const refused = serve(app, { proxyProtocol } as unknown as ServeOptions)
      await expect(refused).rejects.toThrow(/^serve: proxyProtocol must /)
    }
  })
})
