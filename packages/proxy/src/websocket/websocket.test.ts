import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { empty, HttpError, type Middleware, mount, stack, withHeaders } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { websocket } from '@tsgi/websocket'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws'
import { TestCertificate } from '../../../server/test/certificate.ts'
import { http, raw, received, serving, through, until } from '../../test/upstream.ts'
import { type ProxyOptions, proxy } from '../index.ts'
import { FrameBoundaries } from './frame-boundaries.ts'

/** An upstream server of `ws`. */
async function upgrading(behave: (socket: WebSocket, request: IncomingMessage) => void, options = {}) {
  const upstream = await http((_request, response) =>
    response.writeHead(403, { 'x-why': 'no' }).end('refused'),
  )
  const sockets = new WebSocketServer({ noServer: true, ...options })
  upstream.server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    if (request.url === '/refused') {
      socket.end('HTTP/1.1 403 No\r\nX-Why: no\r\nContent-Length: 7\r\nConnection: close\r\n\r\nrefused')
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', () => {})
      behave(opened, request)
    })
  })
  return { ...upstream, sockets }
}

const echo = (socket: WebSocket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
}

/** Opens a WebSocket; rejects with the response if it is refused. */
async function open(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, options)
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket))
    socket.on('error', reject)
    socket.on('unexpected-response', (_request, response) => reject(response))
  })
}

async function next(socket: WebSocket): Promise<string> {
  const [data] = await once(socket, 'message')
  return String(data)
}

async function closing(socket: WebSocket): Promise<[code: number, reason: string]> {
  const [code, reason] = await once(socket, 'close')
  return [code, String(reason)]
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  return String(Buffer.concat(await response.toArray()))
}

/** A server with a proxy to an upstream server. */
async function proxying(upstream: { readonly url: string }, options?: ProxyOptions, outside?: Middleware) {
  const app = through(upstream, options)
  const server = await serving(outside === undefined ? app : stack(outside)(app))
  return {
    ...server,
    app,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    },
  }
}

describe('a WebSocket', () => {
  it('carries text and bytes of any size in both directions', async () => {
    await using upstream = await upgrading(echo)
    await using server = await proxying(upstream)
    const socket = await open(server.url)
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
      socket.send('x'.repeat(length))
      expect((await next(socket)).length).toBe(length)
    }
    socket.send(Buffer.from([0, 255]))
    const [data, isBinary] = await once(socket, 'message')
    expect([[...data], isBinary]).toEqual([[0, 255], true])
    socket.close(1000)
    await closing(socket)
    expect(server.errors).toEqual([])
  })

  it('reaches the path, with the headers and cookies of the client and those of the proxy', async () => {
    const requests: IncomingMessage[] = []
    await using upstream = await upgrading((socket, request) => {
      requests.push(request)
      socket.send(request.url!)
    })
    const app = proxy(`${upstream.url}/base`)
    await using server = await serving(mount('/live', app)(() => empty(404)))
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/room?id=1`, {
      headers: { cookie: 'a=1', 'x-forwarded-for': '1.2.3.4' },
    })
    expect(await next(socket)).toBe('/base/room?id=1')
    const { headers } = requests[0]!
    expect(headers.cookie).toBe('a=1')
    expect(headers['x-forwarded-for']).toBe('127.0.0.1')
    expect(headers['x-forwarded-prefix']).toBe('/live')
    expect(headers.host).toBe(new URL(upstream.url).host)
    socket.close()
    await closing(socket)
    await app[Symbol.asyncDispose]()
  })

  it('has the subprotocol that the upstream server chooses, and the fields of its response', async () => {
    await using upstream = await upgrading(echo, { handleProtocols: () => 'b' })
    upstream.sockets.on('headers', (lines: string[]) => lines.push('Set-Cookie: a=1', 'X-Own: 1'))
    const outside: Middleware = (app) => async (environ) =>
      withHeaders(await app(environ), { 'set-cookie': 'b=2' })
    await using server = await proxying(upstream, {}, outside)
    const upgraded = Promise.withResolvers<IncomingMessage>()
    const socket = new WebSocket(server.url.replace('http', 'ws'), ['a', 'b'])
    socket.on('upgrade', upgraded.resolve)
    await once(socket, 'open')
    const { headers } = await upgraded.promise
    expect([socket.protocol, headers['set-cookie'], headers['x-own']]).toEqual(['b', ['a=1', 'b=2'], '1'])
    socket.close()
    await closing(socket)
  })

  it('may be compressed', async () => {
    await using upstream = await upgrading(echo, { perMessageDeflate: true })
    await using server = await proxying(upstream)
    const socket = await open(server.url)
    expect(socket.extensions).toContain('permessage-deflate')
    socket.send('hello '.repeat(1000))
    expect(await next(socket)).toBe('hello '.repeat(1000))
    socket.close()
    await closing(socket)
  })

  it('receives what the upstream server sends with its response', async () => {
    await using upstream = await upgrading((socket) => socket.send('first'))
    await using server = await proxying(upstream)
    const socket = new WebSocket(server.url.replace('http', 'ws'))
    expect(await next(socket)).toBe('first')
    socket.close()
    await closing(socket)
  })

  it('passes pings and pongs', async () => {
    await using upstream = await upgrading((socket) => socket.ping('now'))
    await using server = await proxying(upstream)
    const socket = new WebSocket(server.url.replace('http', 'ws'))
    expect(String((await once(socket, 'ping'))[0])).toBe('now')
    socket.ping('then')
    expect(String((await once(socket, 'pong'))[0])).toBe('then')
    socket.close()
    await closing(socket)
  })

  it.each([
    [1000, 'done'],
    [1011, ''],
    [4321, 'own code'],
  ])('passes the close code %s in both directions', async (code, reason) => {
    const ends: Promise<[number, string]>[] = []
    await using upstream = await upgrading((socket, { url }) => {
      ends.push(closing(socket))
      if (url === '/ends') socket.close(code, reason)
    })
    await using server = await proxying(upstream)
    const first = await open(`${server.url}/ends`)
    expect(await closing(first)).toEqual([code, reason])
    const second = await open(server.url)
    second.close(code, reason)
    expect(await closing(second)).toEqual([code, reason])
    expect(await ends[1]).toEqual([code, reason])
  })

  it('is cut off on one side if the other one is', async () => {
    const opened: WebSocket[] = []
    await using upstream = await upgrading((socket) => opened.push(socket))
    await using server = await proxying(upstream)
    const first = await open(server.url)
    const end = closing(opened[0]!)
    first.terminate()
    expect((await end)[0]).toBe(1006)
    const second = await open(server.url)
    opened[1]!.terminate()
    expect((await closing(second))[0]).toBe(1006)
    expect(server.errors).toEqual([])
  })

  it('does not use a connection for other requests', async () => {
    await using upstream = await upgrading(echo)
    await using server = await proxying(upstream, { maxConnections: 1 })
    const sockets = await Promise.all([open(server.url), open(server.url)])
    expect((await fetch(server.url)).status).toBe(403)
    for (const socket of sockets) {
      socket.close()
      await closing(socket)
    }
  })

  it('is read no faster than the other side reads', async () => {
    let sent = 0
    await using upstream = await upgrading((socket) => {
      const send = () => {
        sent += 65_536
        if (sent < 2 ** 26) socket.send(Buffer.alloc(65_536), () => setImmediate(send))
      }
      send()
    })
    await using server = await proxying(upstream)
    const socket = await open(server.url)
    socket.pause()
    let before = -1
    while (before !== sent) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(sent).toBeLessThan(2 ** 25)
    socket.resume()
    await until(() => sent >= 2 ** 26)
    socket.terminate()
  })

  it('is encrypted to an https upstream server', async () => {
    await using certificate = await TestCertificate.make()
    const app = websocket(async (socket) => {
      for await (const message of socket) await socket.send(message)
    })
    await using upstream = await serve(app, { listen: 'https://127.0.0.1:0', tls: certificate.files })
    const url = `https://localhost:${new URL(upstream.addresses[0]!).port}`
    await using server = await proxying({ url }, { tls: { ca: certificate.ca } })
    const socket = await open(server.url)
    socket.send('secret')
    expect(await next(socket)).toBe('secret')
    socket.close()
    await closing(socket)
  })

  it('connects to an application of TSGI', async () => {
    const app = websocket(async (socket) => {
      for await (const message of socket) await socket.send(`${message}!`)
    })
    await using upstream = await serving(app)
    await using server = await proxying(upstream)
    const socket = await open(server.url)
    socket.send('Hello')
    expect(await next(socket)).toBe('Hello!')
    socket.close()
    await closing(socket)
  })
})

describe('a handshake', () => {
  it('that the upstream server refuses gets its response', async () => {
    await using upstream = await upgrading(echo)
    await using server = await proxying(upstream)
    const response = await open(`${server.url}/refused`).catch((refused) => refused)
    expect([response.statusCode, response.headers['x-why'], await bodyOf(response)]).toEqual([
      403,
      'no',
      'refused',
    ])
    expect(server.errors).toEqual([])
  })

  it('that an upstream server ignores gets its response', async () => {
    await using upstream = await http((_request, response) => response.end('plain'))
    await using server = await proxying(upstream)
    const response = await open(server.url).catch((refused) => refused)
    expect([response.statusCode, await bodyOf(response)]).toEqual([200, 'plain'])
  })

  it('gets status 502 if the upstream server cannot be reached', async () => {
    const upstream = await http(() => {})
    await upstream[Symbol.asyncDispose]()
    await using server = await proxying(upstream)
    expect((await open(server.url).catch((refused) => refused)).statusCode).toBe(502)
  })

  it.each([
    ['another key', () => 'Upgrade: websocket\r\nSec-WebSocket-Accept: eA=='],
    [
      'a subprotocol that was not offered',
      (accept: string) =>
        `Upgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: x`,
    ],
    ['another protocol', (accept: string) => `Upgrade: h2c\r\nSec-WebSocket-Accept: ${accept}`],
  ])('gets status 502 if the response is for %s', async (_, fields) => {
    await using upstream = await raw((socket) => {
      socket.on('end', () => socket.end())
      socket.once('data', (head) => {
        const [, key] = /Sec-WebSocket-Key: (\S+)/i.exec(String(head))!
        const accept = createHash('sha1')
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64')
        socket.write(`HTTP/1.1 101 OK\r\nConnection: upgrade\r\n${fields(accept)}\r\n\r\n`)
      })
    })
    await using server = await proxying(upstream)
    expect((await open(server.url).catch((refused) => refused)).statusCode).toBe(502)
    await until(() => upstream.sockets.every((socket) => socket.destroyed || socket.readableEnded))
  })

  it('is opened although the upstream server describes a body that a 101 cannot have', async () => {
    await using upstream = await raw((socket) => {
      socket.on('end', () => socket.end())
      socket.once('data', (head) => {
        const [, key] = /Sec-WebSocket-Key: (\S+)/i.exec(String(head))!
        const accept = createHash('sha1')
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64')
        socket.write(
          `HTTP/1.1 101 OK\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n` +
            'Content-Length: 3\r\nContent-Type: text/html\r\n\r\n\x81\x01a',
          'latin1',
        )
      })
    })
    await using server = await proxying(upstream)
    const socket = new WebSocket(server.url.replace('http', 'ws'))
    expect(await next(socket)).toBe('a')
    socket.terminate()
    expect(server.errors).toEqual([])
  })

  it('gets status 504 if the upstream server does not respond', async () => {
    await using upstream = await raw(() => {})
    await using server = await proxying(upstream, { headersTimeout: 50 })
    expect((await open(server.url).catch((refused) => refused)).statusCode).toBe(504)
  })

  it.each<[string | undefined, ProxyOptions, boolean]>([
    [undefined, {}, true],
    ['http://127.0.0.1', {}, false],
    ['https://evil.example', {}, false],
    ['https://evil.example', { origins: '*' }, true],
    ['https://app.example', { origins: ['https://app.example'] }, true],
    ['https://evil.example', { origins: ['https://app.example'] }, false],
  ])('from a page of origin %s with %j is accepted: %s', async (origin, options, isAccepted) => {
    await using upstream = await upgrading(echo)
    await using server = await proxying(upstream, options)
    const result = await open(server.url, [], origin === undefined ? {} : { origin }).catch(
      (refused) => refused,
    )
    if (result instanceof WebSocket) {
      result.close()
      await closing(result)
    } else {
      expect(result.statusCode).toBe(403)
    }
    expect(result instanceof WebSocket).toBe(isAccepted)
  })

  it('from a page of the same host is accepted', async () => {
    await using upstream = await upgrading(echo)
    await using server = await proxying(upstream)
    const socket = await open(server.url, [], { origin: server.url })
    socket.close()
    await closing(socket)
  })

  it('gets status 503 if too many WebSockets are open', async () => {
    await using upstream = await upgrading(echo)
    await using server = await proxying(upstream, { maxWebSockets: 1 })
    const first = await open(server.url)
    const refused = await open(server.url).catch((response) => response)
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5'])
    first.close()
    await closing(first)
    for (;;) {
      const again = await open(server.url).catch((response) => response)
      if (!(again instanceof WebSocket)) continue
      again.close()
      await closing(again)
      break
    }
    expect((await open(`${server.url}/refused`).catch((response) => response)).statusCode).toBe(403)
  })

  it('that middleware refuses afterwards closes the upstream connection and frees its place', async () => {
    const opened: WebSocket[] = []
    await using upstream = await upgrading((socket) => opened.push(socket))
    let isRefusing = true
    const outside: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      if (isRefusing) throw new HttpError(403)
      return response
    }
    await using server = await proxying(upstream, { maxWebSockets: 1 }, outside)
    expect((await open(server.url).catch((refused) => refused)).statusCode).toBe(403)
    await until(() => opened.length === 1 && opened[0]!.readyState === WebSocket.CLOSED)
    isRefusing = false
    const socket = await open(server.url)
    socket.close()
    await closing(socket)
  })

  it('whose client leaves closes the upstream connection', async () => {
    const requests: IncomingMessage[] = []
    await using upstream = await raw(() => {})
    await using server = await proxying(upstream)
    const socket = server.connect()
    socket.write(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    await until(() => upstream.sockets.length === 1)
    await received(upstream.sockets[0]!, '\r\n\r\n')
    socket.resetAndDestroy()
    upstream.sockets[0]!.resume()
    await until(() => upstream.sockets[0]!.readableEnded || upstream.sockets[0]!.destroyed)
    expect([requests, server.errors]).toEqual([[], []])
  })
})

describe('stopping', () => {
  it('closes both sides with 1001', async () => {
    const ends: Promise<[number, string]>[] = []
    await using upstream = await upgrading((socket) => ends.push(closing(socket)))
    const server = await proxying(upstream)
    const socket = await open(server.url)
    const end = closing(socket)
    await server[Symbol.asyncDispose]()
    expect((await end)[0]).toBe(1001)
    expect((await ends[0]!)[0]).toBe(1001)
  })

  it('closes a WebSocket with 1001 that was being opened', async () => {
    const accept = Promise.withResolvers<void>()
    await using upstream = await http(() => {})
    const sockets = new WebSocketServer({ noServer: true })
    const asked = Promise.withResolvers<void>()
    upstream.server.on('upgrade', async (request, socket, head) => {
      asked.resolve()
      await accept.promise
      sockets.handleUpgrade(request, socket, head, () => {})
    })
    await using server = await proxying(upstream)
    const socket = new WebSocket(server.url.replace('http', 'ws'))
    const end = closing(socket)
    await asked.promise
    const closed = server.app[Symbol.asyncDispose]()
    accept.resolve()
    expect((await end)[0]).toBe(1001)
    await closed
  })

  it('waits for the end of the frame that is being sent', async () => {
    const frame = Buffer.concat([Buffer.from([0x82, 126, 0x10, 0]), Buffer.alloc(0x1000)])
    const opened = Promise.withResolvers<import('node:net').Socket>()
    await using upstream = await upgrading((socket) => {
      opened.resolve((socket as unknown as { _socket: import('node:net').Socket })._socket)
    })
    await using server = await proxying(upstream)
    const socket = await open(server.url)
    const messages: number[] = []
    socket.on('message', (data: Buffer) => messages.push(data.length))
    const end = closing(socket)
    const peer = await opened.promise
    const { _socket: connection } = socket as unknown as { _socket: import('node:net').Socket }
    const { bytesRead } = connection
    peer.write(frame.subarray(0, 100))
    await until(() => connection.bytesRead === bytesRead + 100)
    const closed = server.app[Symbol.asyncDispose]()
    peer.write(Buffer.concat([frame.subarray(100), Buffer.from([0x81, 1, 0x78])]))
    expect((await end)[0]).toBe(1001)
    expect(messages).toEqual([0x1000])
    await closed
  })
})

describe('the options for WebSockets', () => {
  it.each<[object, string]>([
    [{ origins: 'https://a.example' }, "proxy: origins must be 'same', '*' or a list of origins"],
    [{ origins: ['a.example'] }, "proxy: origins[0] must be an origin such as 'https://example.com'"],
    [
      { maxWebSockets: 0 },
      'proxy: maxWebSockets must be a whole number of WebSockets from 1 to 1000000, got 0',
    ],
  ])('reject %j', (options, message) => {
    expect(() => proxy('http://127.0.0.1', options)).toThrow(message)
  })
})

describe('the ends of frames', () => {
  it('are found however the bytes are divided', () => {
    const frame = fc.record({
      opcode: fc.constantFrom(0, 1, 2, 9, 10),
      isMasked: fc.boolean(),
      length: fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_000),
    })
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 30_000 })),
        (frames, sizes) => {
          const parts = frames.map(({ opcode, isMasked, length }) => {
            const mask = isMasked ? 0x80 : 0
            const extended = Buffer.alloc(length > 65_535 ? 8 : length > 125 ? 2 : 0)
            if (length > 65_535) extended.writeUInt32BE(length, 4)
            else if (length > 125) extended.writeUInt16BE(length)
            const short = length > 65_535 ? 127 : length > 125 ? 126 : length
            return Buffer.concat([
              Buffer.from([opcode, mask | short]),
              extended,
              Buffer.alloc(isMasked ? 4 : 0),
              Buffer.alloc(length),
            ])
          })
          const bytes = Buffer.concat(parts)
          const ends = new Set([0])
          let end = 0
          for (const part of parts) {
            end += part.length
            ends.add(end)
          }
          const boundaries = new FrameBoundaries()
          for (let at = 0; at < bytes.length; ) {
            const size = Math.min(sizes.next().value, bytes.length - at)
            expect(boundaries.read(bytes.subarray(at, at + size), false)).toBe(size)
            at += size
            expect(boundaries.isBetween).toBe(ends.has(at))
          }
          const again = new FrameBoundaries()
          let at = 0
          for (const part of parts) {
            expect(again.read(bytes.subarray(at), true)).toBe(part.length)
            at += part.length
          }
          expect(again.isClosing).toBe(false)
        },
      ),
      { numRuns: 100 },
    )
  })
})
