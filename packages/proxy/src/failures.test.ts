import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { serve } from '@tsgi/server'
import { describe, expect, it } from 'vitest'
import { http, quiet, raw, readAll, received, responding, serving, through, until } from '../test/upstream.ts'
import { proxy } from './index.ts'

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('an upstream server that fails before the head of its response', () => {
  it('results in a 502 with Retry-After if it refuses the connection', async () => {
    await using app = proxy(`http://127.0.0.1:${await closedPort()}`)
    const web = client(app, quiet)
    const response = await web.get('/')
    expect([response.status, response.headers.get('retry-after')]).toEqual([502, '5'])
    expect(await response.text()).not.toMatch(/127\.0\.0\.1|ECONN/)
    expect(web.errors).toHaveLength(1)
  })

  it.each([
    ['closes the connection', ''],
    ['sends half a head', 'HTTP/1.1 200 OK\r\nX-Half'],
    ['does not speak HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['sends two different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['sends an invalid length', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na'],
    ['sends a status that does not exist', 'HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n'],
    ['switches the protocol', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['sends a head that is too large', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`],
  ])('results in a 502 if it %s', async (_case, bytes) => {
    await using upstream = await responding(bytes)
    await using app = through(upstream)
    expect((await client(app, quiet).get('/')).status).toBe(502)
  })

  it('results in a 502 if it resets the connection', async () => {
    await using upstream = await raw((socket) => socket.once('data', () => socket.resetAndDestroy()))
    await using app = through(upstream)
    expect((await client(app, quiet).get('/')).status).toBe(502)
    expect(upstream.sockets).toHaveLength(1)
  })

  it('results in a 504 if it sends nothing in time', async () => {
    await using upstream = await raw(() => {})
    await using app = through(upstream, { headersTimeout: 50 })
    expect((await client(app, quiet).get('/')).status).toBe(504)
    await readAll(upstream.sockets[0]!.on('end', () => upstream.sockets[0]!.end()))
  })
})

describe('an upstream server that sends interim responses for ever', () => {
  it.each(['100 Continue', '102 Processing', '103 Early Hints'])('results in a 504: %s', async (status) => {
    await using upstream = await raw((socket) => {
      const timer = setInterval(() => socket.write(`HTTP/1.1 ${status}\r\n\r\n`), 5)
      socket.on('close', () => clearInterval(timer))
      socket.on('end', () => socket.end())
    })
    await using app = through(upstream, { headersTimeout: 50 })
    expect((await client(app, quiet).get('/')).status).toBe(504)
    await readAll(upstream.sockets[0]!)
  })
})

describe('an upstream server that fails within its response', () => {
  it.each([
    ['a length', 'Content-Length: 10\r\n\r\nabc', false],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', false],
    ['a length, by a reset', 'Content-Length: 10\r\n\r\nabc', true],
    ['chunks, by a reset', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', true],
    ['neither, by a reset', '\r\nabc', true],
  ])('cuts the response off if it has %s', async (_case, rest, resets) => {
    await using upstream = await raw((socket) => {
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n${rest}`))
    })
    await using app = through(upstream)
    await using server = await serving(app)
    const socket = server.connect()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const head = await received(socket, 'abc')
    const [peer] = upstream.sockets
    if (resets) peer!.resetAndDestroy()
    else peer!.end()
    const tail = await readAll(socket)
    expect(head).toContain('200 OK')
    expect(tail.toString()).not.toContain('\r\n0\r\n\r\n')
    await until(() => server.errors.length === 1)
  })

  it('cuts the response off if a reset arrives together with what would be its end', async () => {
    await using upstream = await raw((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\nabc')
        socket.resetAndDestroy()
      })
    })
    await using app = through(upstream)
    const response = await client(app, quiet).get('/')
    await expect(response.text()).rejects.toThrow('The upstream server reset the connection')
  })

  it('cuts the response off if it pauses too long', async () => {
    await using upstream = await raw((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'))
    })
    await using app = through(upstream, { bodyTimeout: 50 })
    const response = await client(app, quiet).get('/')
    await expect(response.text()).rejects.toThrow()
  })

  it('ignores bytes after the end of the response', async () => {
    await using upstream = await raw((socket) => {
      socket.on('data', () =>
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
        ),
      )
    })
    await using app = through(upstream)
    const web = client(app, quiet)
    expect(await (await web.get('/')).text()).toBe('ok')
    expect(await (await web.get('/')).text()).toBe('ok')
  })
})

describe('an upstream server that responds early', () => {
  const early = 'HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge'

  it('is heard although it does not read the body', async () => {
    await using upstream = await raw((socket) => {
      socket.once('data', () => socket.pause().write(early))
    })
    await using app = through(upstream)
    await using server = await serving(app)
    const socket = server.connect()
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nabc')
    const reply = await received(socket, 'large')
    expect(reply).toContain('HTTP/1.1 413')
    socket.destroy()
    expect(server.errors).toEqual([])
  })

  it('is heard although it closes the connection while the body is being sent', async () => {
    await using upstream = await raw((socket) => {
      socket.once('data', () => socket.pause().end(early, () => socket.destroy()))
    })
    await using app = through(upstream)
    const body = 'x'.repeat(4_000_000)
    const statuses: number[] = []
    for (let n = 0; n < 20; n++) {
      const headers = { 'content-length': String(body.length) }
      statuses.push((await client(app, quiet).post('/', { body, headers })).status)
    }
    // TCP discards a response that has not been read when a reset arrives, which cannot be avoided.
    expect(statuses.filter((status) => status === 413).length).toBeGreaterThan(10)
    expect(statuses.filter((status) => status !== 413 && status !== 502)).toEqual([])
  })
})

describe('a connection that has become stale', () => {
  /** Responds to the first request of each connection, and closes it when the second one arrives. */
  const forgetful = () =>
    raw((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        socket.once('data', () => socket.resetAndDestroy())
      })
    })

  it('is replaced if the request can be repeated', async () => {
    await using upstream = await forgetful()
    await using app = through(upstream, { maxConnections: 1 })
    const web = client(app, quiet)
    for (let n = 0; n < 3; n++) expect(await (await web.get('/')).text()).toBe('ok')
    expect(upstream.sockets).toHaveLength(3)
  })

  it('results in a 502 if the request cannot be repeated', async () => {
    await using upstream = await forgetful()
    await using app = through(upstream, { maxConnections: 1 })
    const web = client(app, quiet)
    expect(await (await web.get('/')).text()).toBe('ok')
    expect((await web.post('/', { body: 'x' })).status).toBe(502)
    expect(upstream.sockets).toHaveLength(1)
  })

  it('is not replaced twice', async () => {
    let requests = 0
    await using upstream = await raw((socket, connection) => {
      socket.on('data', () => {
        requests += 1
        if (connection > 1 || requests > 1) socket.resetAndDestroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    await using app = through(upstream, { maxConnections: 1 })
    const web = client(app, quiet)
    expect(await (await web.get('/')).text()).toBe('ok')
    expect((await web.get('/')).status).toBe(502)
    expect(requests).toBe(3)
  })
})

describe('the pool', () => {
  it('opens no more than maxConnections, lets others wait, and rejects more with a 503', async () => {
    const held: (() => void)[] = []
    await using upstream = await http((_request, response) => {
      held.push(() => response.end('ok'))
    })
    await using app = through(upstream, { maxConnections: 2, maxQueued: 1 })
    const web = client(app, quiet)
    const pending = [web.get('/1'), web.get('/2'), web.get('/3')]
    await until(() => held.length === 2)
    const rejected = await web.get('/4')
    expect([rejected.status, rejected.headers.get('retry-after')]).toEqual([503, '1'])
    for (let n = 0; n < 3; n++) {
      await until(() => held.length > n)
      held[n]!()
    }
    for (const response of await Promise.all(pending)) expect(await response.text()).toBe('ok')
  })

  it('results in a 503 if no connection becomes free in time', async () => {
    await using upstream = await raw(() => {})
    await using app = through(upstream, { maxConnections: 1, connectTimeout: 50 })
    await using server = await serving(app)
    const first = server.connect()
    first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => upstream.sockets.length === 1)
    expect((await client(app, quiet).get('/')).status).toBe(503)
    first.destroy()
  })

  it('finishes requests before it closes, and rejects later ones', async () => {
    const held = Promise.withResolvers<() => void>()
    await using upstream = await http((_request, response) => held.resolve(() => response.end('ok')))
    const app = through(upstream)
    const web = client(app, quiet)
    const pending = web.get('/')
    const finish = await held.promise
    const closed = app[Symbol.asyncDispose]()
    finish()
    expect(await (await pending).text()).toBe('ok')
    await closed
    await app[Symbol.asyncDispose]()
    expect((await web.get('/')).status).toBe(503)
  })
})

it('connects to a Unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'))
  const path = join(folder, 'app.sock')
  const upstream = await serve(({ host }) => text(host), { listen: `unix:${path}` })
  await using app = proxy('http://inner', { socketPath: path })
  expect(await (await client(app).get('/')).text()).toBe('inner')
  await upstream.close()
  rmSync(folder, { recursive: true })
})

describe('the options of proxy', () => {
  it.each([
    ['ftp://a', {}, 'the upstream must be an http: or https: URL'],
    ['127.0.0.1:3000', {}, 'the upstream must be an http: or https: URL'],
    ['http://user:secret@a', {}, 'must not have credentials'],
    ['http://a/?q', {}, 'a query or a fragment'],
    ['http://a', { preserveHosts: true }, "unknown option 'preserveHosts', did you mean 'preserveHost'?"],
    ['http://a', { preserveHost: 1 }, 'preserveHost must be true or false, got'],
    ['http://a', { proxyFields: 'x' }, 'proxyFields must be'],
    ['http://a', { via: 'a b' }, 'via must be a name or false'],
    ['http://a', { socketPath: '' }, 'socketPath must be the path'],
    ['http://a', { tls: {} }, 'tls must be left out'],
    ['https://a', { tls: { cA: '' } }, "unknown option 'cA'"],
    ['http://a', { headersTimeout: 'soon' }, 'headersTimeout must be a duration'],
    ['http://a', { maxConnections: 0 }, 'maxConnections must be a whole number'],
  ])('are checked: %s with %j', (upstream, options, message) => {
    expect(() => proxy(upstream, options as never)).toThrow(message)
    expect(() => proxy(upstream, options as never)).toThrow(TypeError)
  })
})
