import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createSecureServer } from 'node:http2'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { text } from '@tsgi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../test/certificate.ts'
import { Http2Client } from '../../test/http2-client.ts'
import { serve } from '../../test/serve.ts'
import { start } from '../../test/start.ts'
import { type ServeOptions, toNodeListener } from '../index.ts'

const HTTPS = 'https://127.0.0.1:0'
let certificate: TestCertificate
beforeAll(async () => {
  certificate = await TestCertificate.make()
})
afterAll(() => certificate[Symbol.asyncDispose]())

const app = ({ scheme, protocol, host }: { scheme: string; protocol: string; host: string }) =>
  text(`${scheme} ${protocol} ${host}`)

async function shake(port: number, ALPNProtocols: string[], ca = certificate.ca): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca, ALPNProtocols })
  await once(socket, 'secureConnect')
  return socket
}

async function ask(socket: TLSSocket, request: string): Promise<string> {
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.write(request)
  await once(socket, 'end')
  return received
}

describe('https', () => {
  it('works with fetch', async () => {
    await using server = await start(app, { listen: 'https://localhost:0', tls: certificate.files })
    expect(server.url).toMatch(/^https:\/\/localhost:\d+$/)
    const source = 'fetch(process.argv[1]).then((response) => response.text()).then(console.log)'
    // Node 22.18 only reads other certificates when it starts.
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate.files.cert }
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', source, server.url], { env })
    // The fetch of Node 26 speaks HTTP/2.
    expect(stdout.trim()).toMatch(/^https HTTP\/(?:1\.1|2) localhost:\d+$/)
  })

  it('negotiates HTTP/1.1 or HTTP/2 by ALPN, and defaults to HTTP/1.1', async () => {
    await using server = await start(app, { listen: HTTPS, tls: certificate.files })
    for (const protocols of [[], ['http/1.1'], ['http/1.1', 'h2']]) {
      const socket = await shake(server.port, protocols)
      if (protocols.includes('h2')) expect(socket.alpnProtocol).toBe('h2')
      else {
        const answer = await ask(socket, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
        expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nhttps HTTP\/1\.1 a$/)
      }
      socket.destroy()
    }
    using client = new Http2Client(server.url, certificate.ca)
    expect(String((await client.request({})).body)).toBe(`https HTTP/2 127.0.0.1:${server.port}`)
    await expect(shake(server.port, ['spdy/3'])).rejects.toThrow()
  })

  it('has the same limits as HTTP/1.1 without TLS', async () => {
    await using server = await start(app, { listen: HTTPS, tls: certificate.files, headersTimeout: 500 })
    const late = await shake(server.port, [])
    expect(await ask(late, 'GET / HTTP/1.1\r\n')).toMatch(/^HTTP\/1\.1 408 /)
    const large = await shake(server.port, [])
    expect(await ask(large, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    )
    // The time for the header includes the handshake.
    const silent = connectTcp(server.port, '127.0.0.1').resume()
    await once(silent, 'close')
  })

  it('survives invalid handshakes', async () => {
    await using server = await start(app, { listen: HTTPS, tls: certificate.files })
    for (const bytes of [
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
      '\0'.repeat(100),
      '\x16\x03\x01\x00\x05abcde',
    ]) {
      const socket = connectTcp(server.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.resume().write(bytes, 'latin1')
      await once(socket, 'close')
    }
    using client = new Http2Client(server.url, certificate.ca)
    expect((await client.request({})).status).toBe(200)
  })

  it('loses no requests that arrive while the client does not read', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    await using server = await start(
      async ({ pathInfo, request }) => {
        if (pathInfo !== '/large') return text(`${pathInfo}: ${(await request.text()).length}`)
        arrive()
        return text('x'.repeat(8_000_000))
      },
      { listen: HTTPS, tls: certificate.files },
    )
    const socket = await shake(server.port, [])
    socket.pause()
    socket.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
    await arrived
    const head = (path: string, fields: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
    // Several TLS records: the first two requests are in the first one.
    const requests = [
      head('/first', 'Content-Length: 0\r\n'),
      `${head('/second', 'Content-Length: 20000\r\n')}${'x'.repeat(20_000)}`,
      'GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
      `${head('/fourth', 'Content-Length: 20000\r\n')}${'x'.repeat(20_000)}`,
      head('/last', 'Content-Length: 0\r\nConnection: close\r\n'),
    ]
    const answered = ask(socket, requests.join(''))
    socket.resume()
    const answer = await answered
    const seen = answer.slice(8_000_000).match(/\/\w+: \d+/g)
    expect(seen).toEqual(['/first: 0', '/second: 20000', '/upgrade: 0', '/fourth: 20000', '/last: 0'])
  })

  it('closes gracefully: finishes requests, ends handshakes and idle connections', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    const server = await start(
      async () => {
        arrive()
        await promise
        return text('done')
      },
      { listen: HTTPS, tls: certificate.files, gracefulTimeout: 60_000, headersTimeout: 60_000 },
    )
    const idle = await shake(server.port, [])
    const shaking = connectTcp(server.port, '127.0.0.1')
    await once(shaking, 'connect')
    const busy = await shake(server.port, [])
    const answer = ask(busy, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await arrived
    const closed = server.server.close()
    await Promise.all([once(idle, 'close'), once(shaking, 'close')])
    resolve()
    expect(await answer).toMatch(/connection: close[\s\S]*done$/)
    await closed
  })
})

describe('the certificate', () => {
  it('can be reloaded for new connections', async () => {
    await using own = await TestCertificate.make()
    const old = own.ca
    await using server = await start(app, { listen: [HTTPS, HTTPS], tls: own.files })
    const kept = await shake(server.port, [], old)
    await own.renew()
    await server.server.reloadCertificate()
    for (const address of server.server.addresses) {
      using client = new Http2Client(address, own.ca)
      expect((await client.request({})).status).toBe(200)
    }
    expect(await ask(kept, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
    await expect(shake(server.port, [], old)).rejects.toThrow(/self-signed certificate/)
  })

  it('is kept if the new one is invalid', async () => {
    await using own = await TestCertificate.make()
    const { ca } = own
    await using server = await start(app, { listen: HTTPS, tls: own.files })
    await writeFile(own.files.key, 'nonsense')
    await expect(server.server.reloadCertificate()).rejects.toThrow(
      `serve: ${own.files.cert} and ${own.files.key} are not a certificate and its key`,
    )
    await writeFile(own.files.key, await other.key())
    await expect(server.server.reloadCertificate()).rejects.toThrow(/key values mismatch/)
    using client = new Http2Client(server.url, ca)
    expect((await client.request({})).status).toBe(200)
    const options: ServeOptions = { listen: HTTPS, tls: own.files }
    await expect(serve(app, options)).rejects.toThrow(/are not a certificate and its key/)
    await expect(serve(app, { ...options, tls: { ...own.files, key: '/none' } })).rejects.toThrow(
      /^serve: the private key cannot be read: ENOENT/,
    )
  })

  const other = {
    async key() {
      await using made = await TestCertificate.make()
      const { readFile } = await import('node:fs/promises')
      return readFile(made.files.key)
    },
  }

  it('requires an https address, and an https address requires a certificate', async () => {
    for (const options of [
      { listen: HTTPS },
      { listen: 'http://127.0.0.1:0', tls: certificate.files },
      { listen: HTTPS, tls: {} },
      { listen: HTTPS, tls: null },
      { listen: HTTPS, tls: { cert: 1, key: '' } },
    ] as ServeOptions[]) {
      await expect(serve(app, options)).rejects.toThrow(TypeError)
      await expect(serve(app, options)).rejects.toThrow(/^serve: tls must /)
    }
  })

  it('can be reloaded without effect if there is none', async () => {
    await using server = await start(app)
    await server.server.reloadCertificate()
  })
})

it("toNodeListener works with Node's own HTTP/2 server", async () => {
  const { cert, key } = certificate.files
  const { readFile } = await import('node:fs/promises')
  const node = createSecureServer(
    { allowHTTP1: true, cert: await readFile(cert), key: await readFile(key) },
    toNodeListener(app),
  )
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  const { port } = node.address() as AddressInfo
  using client = new Http2Client(`https://127.0.0.1:${port}`, certificate.ca)
  expect(String((await client.request({})).body)).toBe(`https HTTP/2 127.0.0.1:${port}`)
  const old = await shake(port, ['http/1.1'])
  expect(await ask(old, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n')).toMatch(/https HTTP\/1\.0 a$/)
  client.session.close()
  node.close()
})
