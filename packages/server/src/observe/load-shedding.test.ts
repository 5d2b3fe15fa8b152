import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type Application, stream, text } from '@tsgi/core'
import { LoadShedder } from '@tsgi/core/gateway'
import { client } from '@tsgi/core/testing'
import { uwsgiProxy } from '@tsgi/uwsgi'
import { describe, expect, it } from 'vitest'
import { TestCertificate } from '../../test/certificate.ts'
import { Http2Client } from '../../test/http2-client.ts'
import { serve } from '../../test/serve.ts'
import { start, until } from '../../test/start.ts'
import { toNodeListener } from '../index.ts'

/** An application whose requests for `/wait` are in flight until they are released. */
function waiting() {
  let inFlight = 0
  const { promise, resolve: release } = Promise.withResolvers<void>()
  const app: Application = async ({ pathInfo }) => {
    if (pathInfo === '/wait') {
      inFlight++
      await promise
    }
    return text(pathInfo)
  }
  return { app, release, isWaiting: () => until(() => inFlight > 0) }
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

/** Blocks the event loop. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

describe('maxInFlight', () => {
  it('responds to further requests with 503 and Retry-After, and keeps their connections', async () => {
    const { app, release, isWaiting } = waiting()
    await using server = await start(app, { maxInFlight: 1 })
    using first = server.connect()
    first.send(get('/wait'))
    await isWaiting()
    using second = server.connect()
    second.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello')
    const rejected = await second.response()
    expect([rejected.status, rejected.headers.get('retry-after')]).toEqual([503, ['1']])
    expect(rejected.headers.get('content-type')).toEqual(['application/problem+json'])
    expect(rejected.headers.get('connection')).toEqual(['keep-alive'])
    expect(JSON.parse(rejected.body)).toMatchObject({ status: 503, title: 'Service Unavailable' })
    release()
    expect((await first.response()).body).toBe('/wait')
    second.send(get('/again'))
    expect((await second.response()).body).toBe('/again')
  })

  it('does not read the body of a rejected request, and closes its connection if the body is long', async () => {
    const { app, release, isWaiting } = waiting()
    await using server = await start(app, { maxInFlight: 1 })
    using first = server.connect()
    first.send(get('/wait'))
    await isWaiting()
    using long = server.connect()
    long.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nhello')
    const { status, headers } = await long.response()
    expect([status, headers.get('connection')]).toEqual([503, ['close']])
    using asking = server.connect()
    asking.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n')
    expect((await asking.response()).status).toBe(503)
    release()
  })

  it('counts a streamed response until it has ended', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    async function* events() {
      yield 'one'
      await promise
      yield 'two'
    }
    await using server = await start(
      ({ pathInfo }) => (pathInfo === '/events' ? stream(events()) : text('')),
      {
        maxInFlight: 1,
      },
    )
    using events1 = server.connect()
    events1.send(get('/events'))
    await until(() => events1.received.includes('one'))
    expect((await fetch(server.url)).status).toBe(503)
    resolve()
    await events1.response()
    expect((await fetch(server.url)).status).toBe(200)
  })

  it('applies to HTTP/1.1, HTTP/2 and uwsgi together, but not to neverShed', async () => {
    await using certificate = await TestCertificate.make()
    const { app, release, isWaiting } = waiting()
    await using server = await start(app, {
      maxInFlight: 1,
      neverShed: '/health',
      listen: ['http://127.0.0.1:0', 'https://127.0.0.1:0', 'uwsgi://127.0.0.1:0'],
      tls: certificate.files,
    })
    const [http, https, uwsgi] = server.server.addresses
    using http2 = new Http2Client(https!, certificate.ca)
    const behind = client(uwsgiProxy({ socket: uwsgi! }))
    const statuses = async (path: string) => [
      (await fetch(`${http}${path}`)).status,
      (await http2.request({ ':path': path })).status,
      (await behind.get(path)).status,
    ]
    const slow = http2.request({ ':path': '/wait' })
    await isWaiting()
    expect(await statuses('/')).toEqual([503, 503, 503])
    expect(await statuses('/health')).toEqual([200, 200, 200])
    expect((await http2.request({ ':method': 'POST', ':path': '/' }, 'x'.repeat(100_000))).status).toBe(503)
    release()
    expect((await slow).status).toBe(200)
    expect(await statuses('/')).toEqual([200, 200, 200])
  })

  it('counts every request once, whatever its client does', async () => {
    const loadShedder = new LoadShedder({ maxInFlight: 3 })
    const app: Application = async ({ pathInfo, request }) => {
      if (pathInfo === '/fail') throw new Error('broken')
      if (pathInfo === '/read') await request.text()
      await new Promise((resolve) => setTimeout(resolve, 5))
      return stream(['x'.repeat(100_000), 'y'])
    }
    const errors = { write() {} }
    const node = createServer(toNodeListener(app, { loadShedder, errors, requestTimeout: 500 }))
    node.listen(0, '127.0.0.1')
    await once(node, 'listening')
    const { port } = node.address() as AddressInfo
    const requests = [
      get('/'),
      get('/').repeat(10),
      get('/fail'),
      'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n',
      'POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\npart',
      `${get('/')}nonsense\r\n\r\n`,
    ]
    for (let at = 0; at < 60; at++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      await once(socket, 'connect')
      socket.write(requests[at % requests.length]!)
      await new Promise((resolve) => setTimeout(resolve, at % 4))
      socket.resetAndDestroy()
    }
    await until(() => loadShedder.inFlight === 0)
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toHaveLength(100_001)
    await until(() => loadShedder.inFlight === 0)
    node.close()
  })

  it('is told apart in the access log, and reported with one line', async () => {
    const { app, release, isWaiting } = waiting()
    const lines: string[] = []
    await using server = await start(app, {
      maxInFlight: 1,
      accessLog: 'json',
      accessLogTo: { write: (line) => lines.push(line) },
    })
    const slow = fetch(`${server.url}/wait`)
    await isWaiting()
    for (let at = 0; at < 3; at++) await (await fetch(`${server.url}/rejected`)).text()
    release()
    await (await slow).text()
    await until(() => lines.length === 4)
    const rejected = { url: '/rejected', status: 503, shed: true, aborted: false }
    const entries = lines.map((line) => JSON.parse(line))
    expect(entries).toMatchObject([rejected, rejected, rejected, { url: '/wait', status: 200 }])
    expect(entries[3]).not.toHaveProperty('shed')
    expect(server.errors).toEqual([
      `process ${process.pid} is overloaded (1 in flight): rejected 1 request with status 503`,
    ])
  })
})

describe('maxEventLoopDelay', () => {
  it('rejects requests while the event loop stays late, and accepts them again afterwards', async () => {
    const app: Application = ({ pathInfo }) => {
      if (pathInfo === '/work') block(20)
      return text(pathInfo)
    }
    await using server = await start(app, { maxEventLoopDelay: '50ms', neverShed: '/health' })
    const statuses = new Set<number>()
    const work = async () => {
      while (statuses.size < 2) statuses.add((await fetch(`${server.url}/work`)).status)
    }
    await Promise.all(Array.from({ length: 30 }, work))
    expect([...statuses].sort()).toEqual([200, 503])
    await expect.poll(async () => (await fetch(server.url)).status).toBe(200)
    expect(server.errors[0]).toMatch(
      /^process \d+ is overloaded \(the event loop is \d+ ms late\): rejected 1 request with status 503$/,
    )
  })

  it('rejects what is beyond it when many requests arrive together, without waiting for the next ones', async () => {
    await using server = await start(
      () => {
        block(20)
        return text('')
      },
      { maxEventLoopDelay: '50ms' },
    )
    const connections = Array.from({ length: 20 }, () => server.connect())
    for (const connection of connections) {
      connection.send(get('/'))
      await connection.response()
    }
    for (const connection of connections) connection.send(get('/'))
    const responses = await Promise.all(connections.map((connection) => connection.response()))
    for (const connection of connections) connection[Symbol.dispose]()
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200, 503]))
  })

  it('rejects nothing after a single long pause', async () => {
    const app: Application = ({ pathInfo }) => {
      if (pathInfo === '/pause') block(1_000)
      return text(pathInfo)
    }
    await using server = await start(app, { maxEventLoopDelay: '200ms' })
    const pause = fetch(`${server.url}/pause`)
    const others = Array.from({ length: 50 }, (_, at) => fetch(`${server.url}/${at}`))
    const responses = await Promise.all([pause, ...others])
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
  })
})

describe('the options of load shedding', () => {
  it.each([
    [{ maxInFlight: 0 }, 'serve: maxInFlight must be a whole number of requests from 1 to Infinity, got 0'],
    [{ maxEventLoopDelay: 'long' }, /^serve: maxEventLoopDelay must be a duration from 0 to /],
    [{ neverShed: 'health' }, 'serve: neverShed must be paths that start with /, got "health"'],
  ])('are checked: %j', async (options, message) => {
    await expect(serve(() => text(''), options as never)).rejects.toThrow(message)
  })
})
