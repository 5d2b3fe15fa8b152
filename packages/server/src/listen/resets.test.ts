import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { readBody, stream, text } from '@tsgi/core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { TestCertificate } from '../../test/certificate.ts'
import { serve } from '../../test/serve.ts'
import type { ServeOptions } from '../index.ts'

let certificate: TestCertificate
beforeAll(async () => {
  certificate = await TestCertificate.make()
})
afterAll(() => certificate[Symbol.asyncDispose]())

/** Starts a server with a route for each stage, and collects uncaught exceptions. */
async function serving(options: ServeOptions) {
  const uncaught: unknown[] = []
  const keep = (error: unknown) => uncaught.push(error)
  process.on('uncaughtException', keep)
  onTestFinished(() => void process.off('uncaughtException', keep))
  const reached = Promise.withResolvers<void>()
  const server = await serve(
    async (environ) => {
      reached.resolve()
      if (environ.pathInfo === '/held') await new Promise((resolve) => setTimeout(resolve, 20))
      if (environ.pathInfo === '/stream') {
        return stream(
          (async function* () {
            for (let n = 0; n < 50; n++) yield 'a'.repeat(65_536)
          })(),
        )
      }
      if (environ.pathInfo === '/body') await readBody(environ, 1_000_000)
      return text('Hello')
    },
    { gracefulTimeout: 500, errors: { write() {} }, ...options },
  )
  return { server, uncaught, port: Number(new URL(server.addresses[0]!).port) }
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** The moments at which the client resets the connection after sending its bytes. */
const moments: readonly (readonly [string, (socket: Socket) => Promise<unknown>])[] = [
  ['immediately', async () => {}],
  ['a moment later', () => new Promise((resolve) => setTimeout(resolve, 10))],
  ['when something arrives', (socket) => Promise.race([once(socket, 'data'), once(socket, 'close')])],
]

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
const plain: readonly (readonly [string, string])[] = [
  ['half a request line', 'GET / HT'],
  ['half a head', 'GET / HTTP/1.1\r\nHos'],
  ['a request', GET('/')],
  ['a request that takes time', GET('/held')],
  ['a request for a stream', GET('/stream')],
  ['pipelined requests', GET('/held') + GET('/held') + GET('/')],
  ['half a body', 'POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01'],
  ['half a chunk', 'POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01'],
  ['a CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a CONNECT with data', `CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n${'x'.repeat(1000)}`],
  ['a CONNECT behind a request', `${GET('/held')}CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n`],
  ['an upgrade', 'GET /held HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['nonsense', 'nonsense\r\n\r\n'],
]

describe('a connection that its client resets', () => {
  it.each(plain)('after %s does not end the process', async (_, bytes) => {
    const { server, port, uncaught } = await serving({ listen: 'http://127.0.0.1:0' })
    for (const [, moment] of moments) {
      const socket = await connected(port)
      socket.write(bytes)
      await Promise.race([moment(socket), new Promise((resolve) => setTimeout(resolve, 30))])
      socket.resetAndDestroy()
    }
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(await (await fetch(server.addresses[0]!)).text()).toBe('Hello')
    await server.close()
    expect(uncaught).toEqual([])
  })

  it.each(plain)('after %s over TLS does not end the process', async (_, bytes) => {
    const { server, port, uncaught } = await serving({
      listen: 'https://127.0.0.1:0',
      tls: certificate.files,
    })
    for (const protocol of ['http/1.1', 'h2']) {
      for (const [, moment] of moments) {
        const raw = await connected(port)
        const socket = connectTls({ socket: raw, ca: certificate.ca, ALPNProtocols: [protocol] })
        socket.on('error', () => {})
        await once(socket, 'secureConnect')
        socket.write(bytes)
        await Promise.race([moment(socket), new Promise((resolve) => setTimeout(resolve, 30))])
        raw.resetAndDestroy()
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 30))
    await server.close()
    expect(uncaught).toEqual([])
  })

  it('during the TLS handshake does not end the process', async () => {
    const { server, port, uncaught } = await serving({
      listen: 'https://127.0.0.1:0',
      tls: certificate.files,
    })
    const hello = await clientHello()
    for (const length of [0, 1, 5, 50, hello.length]) {
      for (const [, moment] of moments) {
        const socket = await connected(port)
        socket.write(hello.subarray(0, length))
        await Promise.race([moment(socket), new Promise((resolve) => setTimeout(resolve, 30))])
        socket.resetAndDestroy()
      }
    }
    await server.close()
    expect(uncaught).toEqual([])
  })

  it.each([[[]], [['http/1.1']], [['h2', 'http/1.1']]])(
    'is closed if its client renegotiates TLS (ALPN %j)',
    async (ALPNProtocols) => {
      const { server, port, uncaught } = await serving({
        listen: 'https://127.0.0.1:0',
        tls: certificate.files,
      })
      const socket = connectTls({
        port,
        host: '127.0.0.1',
        ca: certificate.ca,
        maxVersion: 'TLSv1.2',
        ALPNProtocols,
      })
      socket.on('error', () => {})
      await once(socket, 'secureConnect')
      const closed = once(socket, 'close')
      socket.resume().renegotiate({}, () => {})
      await closed
      await server.close()
      expect(uncaught).toEqual([])
    },
  )

  it('during the header of the PROXY protocol does not end the process', async () => {
    const { server, port, uncaught } = await serving({
      listen: 'http://127.0.0.1:0',
      proxyProtocol: ['127.0.0.1'],
    })
    for (const bytes of ['', 'PRO', 'PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n', 'nonsense', '\r\n\r\n\0']) {
      for (const rest of ['', GET('/held'), 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n']) {
        for (const [, moment] of moments) {
          const socket = await connected(port)
          socket.write(bytes + rest)
          await Promise.race([moment(socket), new Promise((resolve) => setTimeout(resolve, 30))])
          socket.resetAndDestroy()
        }
      }
    }
    await server.close()
    expect(uncaught).toEqual([])
  })

  it('during a uwsgi request does not end the process', async () => {
    const { server, port, uncaught } = await serving({ listen: 'uwsgi://127.0.0.1:0' })
    const packet = uwsgiPacket({ REQUEST_METHOD: 'GET', PATH_INFO: '/stream', SERVER_PROTOCOL: 'HTTP/1.1' })
    for (const length of [0, 2, 10, packet.length]) {
      for (const [, moment] of moments) {
        const socket = await connected(port)
        socket.write(packet.subarray(0, length))
        await Promise.race([moment(socket), new Promise((resolve) => setTimeout(resolve, 30))])
        socket.resetAndDestroy()
      }
    }
    await server.close()
    expect(uncaught).toEqual([])
  })
})

/** The first bytes that a TLS client sends. */
async function clientHello(): Promise<Buffer> {
  const { createServer } = await import('node:net')
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connectTls({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  client.on('error', () => {})
  const [socket] = (await once(server, 'connection')) as [Socket]
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  client.destroy()
  server.close()
  return bytes
}

function uwsgiPacket(variables: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(variables).flatMap(([name, value]) =>
    [name, value].map((text) => {
      const length = Buffer.alloc(2)
      length.writeUInt16LE(text.length)
      return Buffer.concat([length, Buffer.from(text)])
    }),
  )
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(4)
  head.writeUInt16LE(body.length, 1)
  return Buffer.concat([head, body])
}
