import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { type Application, empty, lint, stream, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { TestCertificate } from '../../packages/server/test/certificate.ts'
import { RawClient } from '../../packages/server/test/raw-client.ts'
import { type EngineOptions, engineFor } from './serve.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

async function start(app: Application, options: EngineOptions = {}) {
  const engine = engineFor(lint(app), { gracefulTimeout: 500, ...options })
  await new Promise<void>((resolve) => engine.server.listen(0, '127.0.0.1', resolve))
  const { port } = engine.server.address() as AddressInfo
  return {
    engine,
    connect: () => new RawClient(port),
    [Symbol.asyncDispose]: () => engine.close(),
  }
}

describe('requests on one connection', () => {
  it('get their responses in one write if they arrived in one read', async () => {
    await using server = await start(({ pathInfo }) => text(pathInfo))
    using client = server.connect()
    const pieces: string[] = []
    client.socket.on('data', (piece) => pieces.push(String(piece)))
    client.send(get('/1') + get('/2') + get('/3'))
    for (const path of ['/1', '/2', '/3']) expect((await client.response()).body).toBe(path)
    expect(pieces).toHaveLength(1)
  })

  it('reach the application one at a time and get responses in order', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const begun: string[] = []
    await using server = await start(async ({ pathInfo }) => {
      begun.push(pathInfo)
      await gates[Number(pathInfo.slice(1))]!.promise
      return text(pathInfo)
    })
    using client = server.connect()
    client.send(get('/0') + get('/1'))
    gates[1]!.resolve()
    using other = server.connect()
    expect((await other.send(get('/1')).response()).body).toBe('/1')
    expect(begun).toEqual(['/0', '/1'])
    gates[0]!.resolve()
    expect([(await client.response()).body, (await client.response()).body]).toEqual(['/0', '/1'])
    expect(begun).toEqual(['/0', '/1', '/1'])
  })

  it('are not read while one is being handled', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await using server = await start(async () => {
      await promise
      return empty()
    })
    using client = server.connect()
    const many = Buffer.from(GET.repeat(1_000_000))
    client.socket.write(many)
    const taken = async () => {
      const before = client.socket.bytesWritten - client.socket.writableLength
      await new Promise((resolve) => setTimeout(resolve, 50))
      return [before, client.socket.bytesWritten - client.socket.writableLength]
    }
    let [before, after] = await taken()
    while (before !== after) [before, after] = await taken()
    expect(client.socket.writableLength).toBeGreaterThan(0)
    resolve()
  })

  it('are not read after one with Connection: close', async () => {
    const begun: string[] = []
    await using server = await start(({ pathInfo }) => {
      begun.push(pathInfo)
      return text(pathInfo)
    })
    using client = server.connect()
    client.send(`GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${get('/more')}`)
    expect((await client.response()).headers.get('connection')).toEqual(['close'])
    expect(await client.end()).toBe('')
    expect(begun).toEqual(['/last'])
  })

  it('get their responses before a malformed one ends the connection', async () => {
    await using server = await start(() => text('Hello'))
    using client = server.connect()
    client.send(`${GET}GET / HTTP/1.1\nHost: a\r\n\r\n${GET}`)
    expect((await client.response()).status).toBe(200)
    expect((await client.response()).status).toBe(400)
    expect(await client.end()).toBe('')
  })

  it('get complete responses if the client half-closes after the last', async () => {
    await using server = await start(() => text('Hello'))
    using client = server.connect()
    client.socket.end(GET + GET)
    expect((await client.response()).body).toBe('Hello')
    expect((await client.response()).body).toBe('Hello')
    expect(await client.end()).toBe('')
  })
})

describe('limits on size', () => {
  const limits = { maxHeaderSize: 1_000, maxHeadersCount: 3, maxUrlLength: 100, maxBodySize: 10 }
  it.each([
    [431, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(1_000)}\r\n\r\n`],
    [431, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(1_000)}`],
    [431, `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(3)}\r\n`],
    [414, get(`/${'x'.repeat(100)}`)],
    [414, `GET /${'x'.repeat(100)}`],
    [414, 'X'.repeat(1_001)],
    [413, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n'],
    [413, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n'],
    [413, `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;x=${'x'.repeat(20_000)}`],
    [431, `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ${'x'.repeat(20_000)}`],
  ])('respond with %i to a complete or incomplete request: %.60j', async (status, request) => {
    await using server = await start(async ({ request }) => text(await request.text()), limits)
    for (const size of [request.length, 7]) {
      using client = server.connect()
      for (let at = 0; at < request.length; at += size) client.send(request.slice(at, at + size))
      expect((await client.response()).status).toBe(status)
    }
  })
})

describe('a client that disconnects', () => {
  it('aborts the request and cancels the response without an error report', async () => {
    const aborted = Promise.withResolvers<void>()
    const cancelled = Promise.withResolvers<void>()
    const errors: unknown[] = []
    const app: Application = async ({ pathInfo, signal }) => {
      signal.addEventListener('abort', () => aborted.resolve())
      if (pathInfo === '/waits') await aborted.promise
      return stream(
        (async function* () {
          try {
            for (;;) {
              yield 'x'
              await new Promise((resolve) => setTimeout(resolve, 5))
            }
          } finally {
            cancelled.resolve()
          }
        })(),
      )
    }
    await using server = await start(app, { errors: { write: (problem) => errors.push(problem) } })
    const waits = server.connect().send(get('/waits'))
    const reads = server.connect().send(get('/reads'))
    await reads.more()
    waits.socket.end()
    reads.socket.destroy()
    await Promise.all([aborted.promise, cancelled.promise])
    waits.socket.destroy()
    expect(errors).toEqual([])
  })
})

describe('timeouts', () => {
  const limits = { headersTimeout: 60, keepAliveTimeout: 60, bodyIdleTimeout: 60, sendTimeout: 100 }
  const app: Application = async ({ method, request }) =>
    text(method === 'POST' ? await request.text() : 'Hello')

  it('close a connection without a request, and one that is idle after a request', async () => {
    await using server = await start(app, limits)
    using silent = server.connect()
    expect(await silent.end()).toBe('')
    using idle = server.connect()
    await idle.send(GET).response()
    expect(await idle.end()).toBe('')
  })

  it('respond with 408 to a slow head or body, even if it keeps arriving', async () => {
    await using server = await start(app, limits)
    using head = server.connect()
    const drip = setInterval(() => head.send('X'), 10)
    head.send('GET / HTTP/1.1\r\nHost: a\r\n')
    expect((await head.response()).status).toBe(408)
    clearInterval(drip)
    using body = server.connect()
    body.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel')
    expect((await body.response()).status).toBe(408)
    expect(await body.end()).toBe('')
  })

  it('respond with 408 to a body that takes too long in total', async () => {
    await using server = await start(app, { ...limits, receiveTimeout: 100 })
    using client = server.connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n')
    const drip = setInterval(() => client.send('x'), 10)
    expect((await client.response()).status).toBe(408)
    clearInterval(drip)
  })

  it('cut off a response that the client does not read', async () => {
    const finished = Promise.withResolvers<boolean>()
    const large = 'x'.repeat(32 * 1024 * 1024)
    await using server = await start((environ) => {
      environ.finished.then(({ aborted }) => finished.resolve(aborted))
      return text(large)
    }, limits)
    using client = server.connect()
    client.socket.pause()
    client.send(GET)
    expect(await finished.promise).toBe(true)
  })

  it.each(['keep-alive', 'close'])('is not a response that the client takes slowly (%s)', async (option) => {
    const large = 'x'.repeat(4 * 1024 * 1024)
    await using server = await start(() => text(large), { ...limits, sendTimeout: 10_000 })
    using client = server.connect()
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nConnection: ${option}\r\n\r\n`)
    await client.more()
    client.socket.pause()
    await new Promise((resolve) => setTimeout(resolve, 400))
    client.socket.resume()
    expect((await client.response()).body).toBe(large)
  })

  it('do not run while the application works', async () => {
    await using server = await start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      return text('Hello')
    }, limits)
    using client = server.connect()
    expect((await client.send(GET).response()).body).toBe('Hello')
  })
})

describe('a TLS connection', () => {
  it('works like a TCP connection', async () => {
    await using server = await start(({ scheme, host }) => text(`${scheme} ${host}`))
    await using certificate = await TestCertificate.make()
    const { cert, key } = certificate.files
    const secure = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, server.engine.connect)
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const { port } = secure.address() as AddressInfo
    const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    client.end(`${get('/1')}${get('/2')}`)
    let received = ''
    for await (const piece of client) received += piece
    expect(received.match(/https a/g)).toHaveLength(2)
    secure.close()
  })
})

describe('close', () => {
  it('ends idle connections immediately and the others after their response', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const { engine, connect } = await start(async ({ pathInfo }) => {
      if (pathInfo !== '/slow') return text('Hello')
      begun.resolve()
      await promise
      return text('Hello')
    })
    using idle = connect()
    await idle.send(GET).response()
    using busy = connect()
    busy.send(get('/slow'))
    await begun.promise
    const closed = engine.close()
    expect(await idle.end()).toBe('')
    resolve()
    expect((await busy.response()).headers.get('connection')).toEqual(['close'])
    await closed
  })
})
