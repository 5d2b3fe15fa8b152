import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { http, quiet, raw, readAll, received, responding, serving, through, until } from '../test/upstream.ts'

describe('a response', () => {
  it('has the status and fields of the upstream response, without those of the connection', async () => {
    await using upstream = await responding(
      'HTTP/1.1 201 Made\r\nConnection: close, x-mine\r\nX-Mine: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2\r\n' +
        'Trailer: x\r\nProxy-Authenticate: Basic\r\nX-Text: caf\xe9\r\nX-Twice: 1\r\nX-Twice: 2\r\nStatus: 500\r\n' +
        'Set-Cookie: a=1\r\nSet-Cookie: b=2; Expires=Wed, 09 Jun 2027 10:18:14 GMT\r\nContent-Length: 2\r\n\r\nok',
    )
    await using app = through(upstream)
    const response = await client(app).get('/')
    expect([response.status, response.statusText]).toEqual([201, 'Made'])
    expect([...response.headers]).toEqual([
      ['content-length', '2'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2; Expires=Wed, 09 Jun 2027 10:18:14 GMT'],
      ['via', '1.1 tsgi'],
      ['x-text', 'caf\xe9'],
      ['x-twice', '1, 2'],
    ])
    expect(await response.text()).toBe('ok')
  })

  it('keeps its content encoding, undecoded', async () => {
    const bytes = '\x1f\x8b not really gzip'
    await using upstream = await responding(
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`,
    )
    await using app = through(upstream)
    const response = await client(app).get('/')
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(Buffer.from(await response.arrayBuffer()).toString('latin1')).toBe(bytes)
  })

  it('may be a redirect, which is not followed', async () => {
    await using upstream = await responding(
      'HTTP/1.1 302 Found\r\nLocation: /caf\xc3\xa9 x\r\nContent-Length: 0\r\n\r\n',
    )
    await using app = through(upstream)
    const response = await client(app).get('/')
    expect([response.status, response.headers.get('location')]).toEqual([302, '/caf%C3%A9%20x'])
  })

  it.each([
    ['HEAD', '200 OK\r\nContent-Length: 5\r\nContent-Type: a/b', 200, '5'],
    ['GET', '304 Not Modified\r\nETag: "a"\r\nContent-Length: 5\r\nContent-Type: a/b', 304, '5'],
    ['GET', '204 No Content\r\nContent-Length: 0\r\nContent-Type: a/b', 204, null],
  ])('has no body if it is the response to %s with %s', async (method, head, status, length) => {
    await using upstream = await responding(`HTTP/1.1 ${head}\r\n\r\n`)
    await using app = through(upstream)
    const response = await client(app).request(method, '/')
    expect([response.status, response.body, response.headers.get('content-length')]).toEqual([
      ...[status, null, length],
    ])
  })

  it('has no body if its status is 205, whatever the upstream server sends', async () => {
    await using upstream = await responding('HTTP/1.1 205 Reset\r\nContent-Length: 5\r\n\r\nhello')
    await using app = through(upstream)
    const response = await client(app).get('/')
    expect([response.status, response.body]).toEqual([205, null])
  })

  it('has Allow if its status is 405', async () => {
    await using upstream = await responding('HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n')
    await using app = through(upstream)
    expect((await client(app).get('/')).headers.get('allow')).toBe('')
  })

  it('comes without interim responses and trailers', async () => {
    await using upstream = await responding(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n' +
        '2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n',
    )
    await using app = through(upstream)
    const response = await client(app).get('/')
    expect([...response.headers.keys()]).toEqual(['via'])
    expect(await response.text()).toBe('ok')
  })

  it('may follow an unasked 100 Continue, also in parts and on a connection that is used again', async () => {
    const body = 'HTTP/1.1 100 Continue\r\n\r\n'
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 100 Continue\r\nX-Any: 1\r\n\r\n'
    await using upstream = await raw((socket) => {
      let isFirst = true
      socket.setNoDelay().on('data', async () => {
        const parts = isFirst ? [interim + head, body] : [...interim, ...head, body]
        isFirst = false
        for (const part of parts) await new Promise((resolve) => socket.write(part, resolve))
      })
    })
    await using app = through(upstream, { maxConnections: 1 })
    for (let count = 0; count < 3; count++) {
      const response = await client(app).get('/')
      expect([response.status, await response.text()]).toEqual([200, body])
    }
    expect(upstream.sockets).toHaveLength(1)
  })

  it('may end with the connection', async () => {
    await using upstream = await responding('HTTP/1.1 200 OK\r\n\r\nuntil the end')
    await using app = through(upstream)
    expect(await (await client(app).get('/')).text()).toBe('until the end')
  })

  it('drops a reason phrase that is not ASCII', async () => {
    await using upstream = await responding('HTTP/1.1 404 caf\xc3\xa9\r\nContent-Length: 0\r\n\r\n')
    await using app = through(upstream)
    expect((await client(app).get('/')).statusText).toBe('')
  })
})

describe('streaming', () => {
  it('passes on each part of a response when it arrives', async () => {
    const next = Promise.withResolvers<void>()
    await using upstream = await http(async (_request, response) => {
      response.write('one')
      await next.promise
      response.end('two')
    })
    await using app = through(upstream)
    const reader = (await client(app).get('/')).body!.getReader()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('one')
    next.resolve()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('two')
    expect((await reader.read()).done).toBe(true)
  })

  it('reads the upstream server no faster than the client reads', async () => {
    const total = 64 * 1024 * 1024
    let sent = 0
    let stalled = 0
    await using upstream = await http((_request, response) => {
      response.writeHead(200, { 'content-length': total })
      const chunk = Buffer.alloc(64 * 1024)
      const write = () => {
        while (sent < total) {
          sent += chunk.length
          if (!response.write(chunk)) {
            stalled += 1
            response.once('drain', write)
            return
          }
        }
        response.end()
      }
      write()
    })
    await using app = through(upstream)
    const response = await client(app).get('/')
    const reader = response.body!.getReader()
    let read = (await reader.read()).value!.length
    // The upstream server stops when the buffers of the kernel are full.
    let before = -1
    while (before !== sent) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(stalled).toBeGreaterThan(0)
    expect(sent).toBeLessThan(total / 2)
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      read += value.length
    }
    expect(read).toBe(total)
  })

  it('reads the client no faster than the upstream server reads', async () => {
    let upload: import('node:net').Socket | undefined
    await using upstream = await raw((socket) => {
      upload = socket.pause()
    })
    await using app = through(upstream)
    const total = 64 * 1024 * 1024
    await using server = await serving(app, { maxBodySize: total })
    const socket = server.connect()
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${total}\r\n\r\n`)
    let sent = 0
    const chunk = Buffer.alloc(64 * 1024)
    const write = () => {
      while (sent < total) {
        sent += chunk.length
        if (!socket.write(chunk)) {
          socket.once('drain', write)
          return
        }
      }
    }
    write()
    let before = -1
    while (before !== sent || upload === undefined) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(sent).toBeLessThan(total / 2)
    let got = 0
    upload.on('data', (data) => {
      got += data.length
      if (got > total) upload!.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone')
    })
    upload.resume()
    expect(await received(socket, 'done')).toContain('200 OK')
    socket.destroy()
  })
})

describe('a client that disconnects', () => {
  it('aborts the upstream request before the head of the response', async () => {
    await using upstream = await raw(() => {})
    await using app = through(upstream)
    await using server = await serving(app)
    const socket = server.connect()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => upstream.sockets.length === 1)
    await received(upstream.sockets[0]!, '\r\n\r\n')
    socket.resetAndDestroy()
    await readAll(upstream.sockets[0]!.on('end', () => upstream.sockets[0]!.end()))
    expect(server.errors).toEqual([])
  })

  it('aborts the upstream request in the middle of the response', async () => {
    await using upstream = await raw((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\nfirst'))
    })
    await using app = through(upstream)
    await using server = await serving(app)
    const socket = server.connect()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await received(socket, 'first')
    socket.resetAndDestroy()
    await readAll(upstream.sockets[0]!.on('end', () => upstream.sockets[0]!.end()))
    expect(server.errors).toEqual([])
  })

  it('cancels a body that is not read', async () => {
    await using upstream = await raw((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\nfirst'))
    })
    await using app = through(upstream)
    const response = await client(app, quiet).get('/')
    await response.body!.cancel()
    await readAll(upstream.sockets[0]!.on('end', () => upstream.sockets[0]!.end()))
  })
})
