/** Tests that every real front end must pass. */
import { chmodSync } from 'node:fs'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../scripts/ports.ts'
import { digest, large, tried } from './application.ts'
import { ask, open } from './http-client.ts'
import { type Started, scratch, start, until } from './start.ts'

/** The addresses of the front end and of the gateways behind it. */
export interface Places {
  readonly folder: string
  /** The front end's port for the gateway on the Unix socket, and that socket. */
  readonly port: number
  readonly socket: string
  /** The front end's port for the gateway on TCP, and the port of that gateway. */
  readonly tcpPort: number
  readonly backendPort: number
}

/** How front ends differ. */
export interface Front {
  readonly name: string
  open(places: Places): Promise<AsyncDisposable>
  /** Whether it passes on `%2F`; otherwise it responds with 404. */
  readonly passesEncodedSlash: boolean
  /** The status of the response to a body without Content-Length. */
  readonly chunkedStatus: number
  /** Whether the gateway learns immediately that a client has disconnected, or only when it writes. */
  readonly reportsImmediately: boolean
  /** Whether the client can tell that a response without a length has failed. */
  readonly showsReset: boolean
}

export function frontCases(front: Front): () => Places {
  let running: AsyncDisposable
  let unix: Started
  let tcp: Started
  let folder: ReturnType<typeof scratch>
  let places: Places
  const { app, go, left } = tried()

  beforeAll(async () => {
    folder = scratch()
    const socket = `${folder.path}/app.sock`
    unix = await start(app, { path: socket })
    // The front end can run as another user.
    chmodSync(folder.path, 0o755)
    chmodSync(socket, 0o777)
    tcp = await start(app)
    places = {
      folder: folder.path,
      socket,
      port: await freePort(),
      tcpPort: await freePort(),
      backendPort: Number(tcp.address.split(':').at(-1)),
    }
    running = await front.open(places)
  }, 30_000)

  afterAll(async () => {
    await running?.[Symbol.asyncDispose]()
    await unix?.close()
    await tcp?.close()
    folder[Symbol.dispose]()
  })

  it('passes on a GET request', async () => {
    const { port } = places
    const { status, body } = await ask(port, '/a/b?x=%20y&z', {
      headers: { 'x-field': ['one', 'two'], proxy: 'evil' },
    })
    expect(status).toBe(200)
    expect(JSON.parse(body.toString())).toEqual({
      method: 'GET',
      scheme: 'http',
      host: `127.0.0.1:${port}`,
      scriptName: '',
      pathInfo: '/a/b',
      queryString: 'x=%20y&z',
      protocol: 'HTTP/1.1',
      remoteAddress: '127.0.0.1',
      fields: [['x-field', 'one, two']],
      url: `http://127.0.0.1:${port}/a/b?x=%20y&z`,
      misleading: [],
    })
  })

  it.each([
    ['/caf%C3%A9/%E2%82%AC', '/caf%C3%A9/%E2%82%AC'],
    ['/a%20b/100%25', '/a%20b/100%25'],
    ['/a/./b/../c', '/a/c'],
    ['//a//b', '//a//b'],
    ['/%252F', '/%252F'],
  ])('passes on the path %s', async (path, pathInfo) => {
    const { body } = await ask(places.port, path)
    expect(JSON.parse(body.toString())).toMatchObject({ pathInfo })
  })

  it(`${front.passesEncodedSlash ? 'passes on' : 'rejects'} the path /a%2Fb`, async () => {
    const { status, body } = await ask(places.port, '/a%2Fb')
    expect(status).toBe(front.passesEncodedSlash ? 200 : 404)
    if (front.passesEncodedSlash) expect(JSON.parse(body.toString())).toMatchObject({ pathInfo: '/a%2Fb' })
  })

  it('passes on 10 MB in both directions', async () => {
    const sent = await ask(places.port, '/digest', { method: 'POST', body: large, headers: length(large) })
    expect(JSON.parse(sent.body.toString())).toEqual(digest(large))
    const got = await ask(places.port, '/large')
    expect(got.headers['content-length']).toBe(String(large.byteLength))
    expect(digest(got.body)).toEqual(digest(large))
  })

  it('passes on the response to 10 MB that the application does not read', async () => {
    const { status, body } = await ask(places.port, '/unread', {
      method: 'POST',
      body: large,
      headers: length(large),
    })
    expect(`${status} ${body}`).toBe('200 enough')
  })

  it(`responds with ${front.chunkedStatus} to POST without a length`, async () => {
    const headers = { 'transfer-encoding': 'chunked' }
    const { status, body } = await ask(places.port, '/digest', { method: 'POST', body: 'hello', headers })
    expect(status).toBe(front.chunkedStatus)
    if (status === 200) expect(JSON.parse(body.toString())).toEqual(digest(Buffer.from('hello')))
  })

  it('passes on HEAD, 204 and 304', async () => {
    const head = await ask(places.port, '/unread', { method: 'HEAD' })
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '6', 0])
    const nothing = await ask(places.port, '/no-content')
    expect([nothing.status, nothing.body.length]).toEqual([204, 0])
    const same = await ask(places.port, '/not-modified')
    expect([same.status, same.headers.etag, same.body.length]).toEqual([304, '"1"', 0])
  })

  it('passes on several cookies in both directions', async () => {
    const { body, headers } = await ask(places.port, '/cookies', { headers: { cookie: 'x=1; y=2' } })
    expect(body.toString()).toBe('x=1; y=2')
    expect(headers['set-cookie']).toEqual([
      'a=1; Path=/',
      'b=2; Path=/; Expires=Thu, 01 Jan 2099 00:00:00 GMT',
    ])
  })

  it('passes on 60 KB of fields in the request and 14 KB in the response', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [`x-long-${at}`, 'x'.repeat(7_500)]),
    )
    const { body } = await ask(places.port, '/', { headers: fields })
    const got: { fields: [string, string][] } = JSON.parse(body.toString())
    expect(Object.fromEntries(got.fields)).toEqual(fields)
    const { status, headers } = await ask(places.port, '/wide')
    expect([status, headers['x-wide']?.length, headers['x-wider']?.length]).toEqual([200, 7_000, 7_000])
  })

  it('passes on each chunk of a stream immediately', async () => {
    const response = await open(places.port, '/flushed')
    await response.received('first ')
    go()
    const { body, complete } = await response.answer
    expect(body.toString()).toBe('first second')
    expect(complete).toBe(true)
  })

  it(`reports a disconnected client ${front.reportsImmediately ? 'immediately' : 'when the gateway writes'}`, async () => {
    left.length = 0
    if (front.reportsImmediately) {
      const waiting = request({ port: places.port, host: '127.0.0.1', path: '/wait', agent: false })
      waiting.on('error', () => {})
      waiting.end()
      await until(() => left.includes('/wait begins'))
      waiting.destroy()
      await until(() => left.includes('/wait'))
    }
    const response = await open(places.port, '/ticks')
    await response.received('tick ')
    response.sent.destroy()
    await until(() => left.includes('/ticks true'))
  })

  it('cuts off a response with a length that fails', async () => {
    for (const port of [places.port, places.tcpPort]) {
      const { status, complete } = await ask(port, '/fails-with-length')
      expect([status, complete]).toEqual([200, false])
    }
  })

  it(`${front.showsReset ? 'cuts off' : 'passes on as complete'} a response without a length that fails`, async () => {
    const { status, body, complete } = await ask(places.tcpPort, '/fails')
    expect([status, body.toString()]).toEqual([200, 'begin'])
    expect(complete).toBe(!front.showsReset)
  })

  return () => places
}

function length(bytes: Uint8Array): { 'content-length': string } {
  return { 'content-length': String(bytes.byteLength) }
}
