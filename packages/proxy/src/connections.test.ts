import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { serve } from '@tsgi/server'
import { describe, expect, it } from 'vitest'
import { TestCertificate } from '../../server/test/certificate.ts'
import { http, quiet, raw, readAll, received, serving, through, until } from '../test/upstream.ts'
import { proxy } from './index.ts'

describe('an https upstream server', () => {
  it('is verified for the host of its URL, whatever Host the client sends', async () => {
    await using certificate = await TestCertificate.make()
    await using upstream = await serve(({ host }) => text(host), {
      listen: 'https://127.0.0.1:0',
      tls: certificate.files,
    })
    const { port } = new URL(upstream.addresses[0]!)
    for (const name of ['localhost', '127.0.0.1']) {
      await using app = proxy(`https://${name}:${port}`, { tls: { ca: certificate.ca }, preserveHost: true })
      const web = client(app, { baseUrl: 'https://evil.example' })
      expect(await (await web.get('/')).text()).toBe('evil.example')
      expect(await (await web.get('/')).text()).toBe('evil.example')
    }
  })

  it('results in a 502 if its certificate is not trusted', async () => {
    await using certificate = await TestCertificate.make()
    await using upstream = await serve(() => text(''), {
      listen: 'https://127.0.0.1:0',
      tls: certificate.files,
    })
    const { port } = new URL(upstream.addresses[0]!)
    await using app = proxy(`https://localhost:${port}`)
    expect((await client(app, quiet).get('/')).status).toBe(502)
    await using other = proxy(`https://localhost:${port}`, {
      tls: { ca: certificate.ca, servername: 'other.example' },
    })
    expect((await client(other, quiet).get('/')).status).toBe(502)
  })
})

describe('a request that is cut off', () => {
  it('never looks complete to the upstream server', async () => {
    await using upstream = await raw(() => {})
    await using app = through(upstream)
    await using server = await serving(app)
    for (const framing of [
      'Content-Length: 10\r\n\r\nabc',
      'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
    ]) {
      const socket = server.connect()
      socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${framing}`)
      const count = upstream.sockets.length
      await until(() => upstream.sockets.length > count)
      const peer = upstream.sockets.at(-1)!
      const head = await received(peer, 'abc')
      socket.resetAndDestroy()
      const rest = await readAll(peer.on('end', () => peer.end()))
      expect(`${head}${rest}`).not.toContain('\r\n0\r\n\r\n')
    }
  })

  it('results in a 413 if the body exceeds the limit of the server', async () => {
    await using upstream = await http((request) => request.resume())
    await using app = through(upstream)
    await using server = await serving(app, { maxBodySize: 4 })
    const reply = await server.send(
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nabcde\r\n0\r\n\r\n',
    )
    expect(reply).toContain('HTTP/1.1 413')
  })
})

describe('a pool of one connection', () => {
  it('is usable again after every kind of failure', async () => {
    await using upstream = await raw((socket) => {
      socket.on('data', (chunk) => {
        const path = chunk.toString().split(' ')[1]
        if (path === '/reset') socket.resetAndDestroy()
        else if (path === '/end') socket.end()
        else if (path === '/garbage') socket.write('garbage')
        else if (path === '/half') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')
        else if (path === '/205') socket.write('HTTP/1.1 205 Reset\r\nContent-Length: 9\r\n\r\nhalf')
        else if (path === '/status') socket.write('HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n')
        else if (path !== '/silent') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    await using app = through(upstream, { maxConnections: 1, headersTimeout: 50, connectTimeout: '10s' })
    const web = client(app, quiet)
    const statuses = []
    for (const path of ['/reset', '/end', '/garbage', '/half', '/205', '/status', '/silent']) {
      const response = await web.get(path)
      statuses.push(response.status)
      await response.body?.cancel()
      expect(await (await web.get('/')).text()).toBe('ok')
    }
    expect(statuses).toEqual([502, 502, 502, 200, 205, 502, 504])
  })

  it('forgets clients that disconnect while they wait', async () => {
    const held: (() => void)[] = []
    await using upstream = await http((_request, response) => {
      held.push(() => response.end('ok'))
    })
    await using app = through(upstream, { maxConnections: 1, maxQueued: 1 })
    const web = client(app, quiet)
    const first = web.get('/')
    await until(() => held.length === 1)
    const controller = new AbortController()
    const waiting = web.get('/', { signal: controller.signal })
    expect((await web.get('/')).status).toBe(503)
    controller.abort()
    expect((await waiting).status).toBe(499)
    const next = web.get('/')
    held[0]!()
    expect(await (await first).text()).toBe('ok')
    await until(() => held.length === 2)
    held[1]!()
    expect(await (await next).text()).toBe('ok')
  })
})
