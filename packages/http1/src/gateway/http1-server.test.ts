import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type Application, json, lint, stream, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { RawClient } from '../../../server/test/raw-client.ts'
import { createHttp1Server, type Http1Native, type Http1ServerOptions } from '../index.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

async function start(app: Application, options: Http1ServerOptions = {}) {
  const gateway = createHttp1Server(lint(app), { gracefulTimeout: 500, ...options })
  gateway.server.listen(0, '127.0.0.1')
  await once(gateway.server, 'listening')
  const { port } = gateway.server.address() as AddressInfo
  return { gateway, connect: () => new RawClient(port), [Symbol.asyncDispose]: () => gateway.close() }
}

describe('createHttp1Server', () => {
  it('serves an application, and gives it the connection and the request as received', async () => {
    await using server = await start(({ gateway, host, remoteAddress }) => {
      const { socket, head } = gateway.native as Http1Native
      return json([gateway.name, host, remoteAddress, socket.remotePort !== undefined, head.rawHeaders])
    })
    using client = server.connect()
    expect(JSON.parse((await client.send(GET).response()).body)).toEqual([
      ...['@tsgi/http1', 'a', '127.0.0.1', true],
      ['Host', 'a'],
    ])
  })

  it('sends the responses to requests that arrived together in one write', async () => {
    await using server = await start(({ pathInfo }) => text(pathInfo))
    using client = server.connect()
    const pieces: string[] = []
    client.socket.on('data', (piece) => pieces.push(String(piece)))
    client.send(get('/1') + get('/2') + get('/3'))
    for (const path of ['/1', '/2', '/3']) expect((await client.response()).body).toBe(path)
    expect(pieces).toHaveLength(1)
  })

  it('responds with 400 to a request line without a version, without waiting for more', async () => {
    await using server = await start(() => text('Hello'))
    using client = server.connect()
    expect((await client.send('GET / \r\n\r\n').response()).status).toBe(400)
    expect(await client.end()).toBe('')
  })

  it('responds before the request has arrived, and drops the rest of it', async () => {
    await using server = await start(() => text('early'))
    using client = server.connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
    const { headers, body } = await client.response()
    expect([body, headers.get('connection')]).toEqual(['early', ['close']])
    client.send(`0\r\n\r\n${get('/hidden')}`)
    expect(await client.end()).toBe('')
  })

  it('keeps the connection if an unread body has arrived as a whole', async () => {
    await using server = await start(() => text('early'))
    using client = server.connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n')
    expect((await client.response()).headers.get('connection')).toEqual(['keep-alive'])
    expect((await client.send(GET).response()).body).toBe('early')
  })

  it('reads a body in chunks of one byte as fast as one in large chunks', async () => {
    await using server = await start(async ({ request }) => {
      const sizes: number[] = []
      for await (const chunk of request.body!) sizes.push(chunk.byteLength)
      return json([sizes.length < 100, sizes.reduce((sum, size) => sum + size, 0)])
    })
    using client = server.connect()
    const body = `${'1\r\nx\r\n'.repeat(100_000)}0\r\n\r\n`
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}`)
    expect(JSON.parse((await client.response()).body)).toEqual([true, 100_000])
  })

  it.each(['half-closes', 'resets'])(
    'aborts a request whose client %s within it, without a report',
    async (how) => {
      const errors: unknown[] = []
      const finished = Promise.withResolvers<boolean>()
      const app: Application = (environ) => {
        environ.finished.then(({ aborted }) => finished.resolve(aborted))
        return stream(environ.request.body!)
      }
      await using server = await start(app, { errors: { write: (problem) => errors.push(problem) } })
      using client = server.connect()
      client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello')
      await client.more()
      if (how === 'resets') client.socket.resetAndDestroy()
      else client.socket.end()
      expect(await finished.promise).toBe(true)
      expect(errors).toEqual([])
    },
  )

  it.each([
    ['a request that is rejected', 'nonsense\r\n\r\n'],
    ['a request', GET],
  ])('closes a connection whose client does not read the response to %s', async (_, request) => {
    await using server = await start(() => text('Hello'), { sendTimeout: 20 })
    const socket = Object.assign(
      new Duplex({ read() {}, write() {} }),
      // It has no timeout of its own.
      { setTimeout() {} },
    )
    server.gateway.server.emit('connection', socket)
    socket.push(request)
    await once(socket, 'close')
  })

  it('treats the bytes after an upgrade that it does not accept as a request', async () => {
    const seen: string[] = []
    await using server = await start(({ pathInfo }) => {
      seen.push(pathInfo)
      return text('Hello')
    })
    using client = server.connect()
    const upgrade = 'GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'
    client.send(upgrade + get('/next'))
    await client.response()
    await client.response()
    expect(seen).toEqual(['/upgrade', '/next'])
  })

  it('serves connections that another server has accepted', async () => {
    await using server = await start(({ pathInfo }) => text(pathInfo))
    const other = createServer((socket: Socket) => server.gateway.server.emit('connection', socket))
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    using client = new RawClient((other.address() as AddressInfo).port)
    expect((await client.send(get('/x')).response()).body).toBe('/x')
    other.close()
  })

  it('closes idle connections immediately and the others after their response', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    await using server = await start(async ({ pathInfo }) => {
      if (pathInfo !== '/slow') return text('Hello')
      begun.resolve()
      await promise
      return text('Hello')
    })
    using idle = server.connect()
    await idle.send(GET).response()
    using busy = server.connect()
    busy.send(get('/slow'))
    await begun.promise
    const closed = server.gateway.close()
    expect(await idle.end()).toBe('')
    resolve()
    expect((await busy.response()).headers.get('connection')).toEqual(['close'])
    await closed
  })

  it('refuses options that are unknown or invalid', () => {
    const app = () => text('Hello')
    expect(() => createHttp1Server(app, { keepAliveTimeut: 1 } as Http1ServerOptions)).toThrow(
      /keepAliveTimeout/,
    )
    expect(() => createHttp1Server(app, { multiprocess: 1 as unknown as boolean })).toThrow(
      /multiprocess must be/,
    )
    expect(() => createHttp1Server(null as never)).toThrow(
      /^createHttp1Server: the application must be a function/,
    )
  })
})
