import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { cookies } from '@tsgi/cookies'
import { type Application, extend, HttpError, type Middleware, stack, text, withHeaders } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { handshakeText, KEY, start } from '../test/start.ts'
import { websocket } from './index.ts'

const echo = websocket(async (socket) => {
  for await (const message of socket) await socket.send(message)
})

/** Takes its time, then accepts or rejects. */
const auth: Middleware = (app) => async (environ) => {
  await delay(50)
  if (environ.queryString === 'no') throw new HttpError(401, 'Sign in first.')
  return app(environ)
}
const visit: Middleware<object, { cookies: { set(name: string, value: string): void } }> =
  (app) => (environ) => {
    environ.cookies.set('visit', '1')
    return app(environ)
  }
const rebuilt: Middleware = (app) => async (environ) => {
  const response = await app(environ)
  return withHeaders(new Response(response.body, response), { 'x-by': 'middleware' })
}

/** Reads until the text has arrived. */
async function received(socket: Socket, text: string): Promise<void> {
  let all = ''
  for await (const chunk of socket) {
    all += chunk.toString('latin1')
    if (all.includes(text)) return
  }
}

describe('the handshake of a WebSocket', () => {
  it('is accepted with the fields that middleware adds, also if it rebuilds the response', async () => {
    const app = stack(rebuilt, cookies({ secrets: 'a secret of thirty-two characters!' }), visit, auth)(echo)
    await using server = await start(app)
    const accepted = await server.handshake()
    expect(accepted).toMatch(/^HTTP\/1.1 101 /)
    expect(accepted).toMatch(/^set-cookie: visit=1/im)
    expect(accepted).toMatch(/^x-by: middleware\r$/im)
    expect(accepted).toMatch(/^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r$/m)
    expect(accepted).not.toMatch(/content-length|sec-websocket-protocol/i)
    expect(server.errors).toEqual([])
  })

  it('leaves the environ complete while the connection is open, without the objects of the gateway', async () => {
    const app = websocket(async (socket, environ) => {
      await socket.send(environ.gateway.native === undefined ? 'none' : 'native')
      for await (const _ of socket) {
        const { method, pathInfo, protocol, scheme, host, remoteAddress, headers, request, gateway } = environ
        const { aborted } = environ.signal
        const seen = [method, pathInfo, protocol, scheme, host, remoteAddress, headers.get('x-a'), aborted]
        await socket.send(JSON.stringify([...seen, request.headers.get('x-a'), gateway.native ?? null]))
        environ.errors.write('a problem')
      }
    })
    await using server = await start(app)
    const client = await server.open('/chat', { headers: { 'x-a': 'b' } })
    expect(await client.next()).toBe('native')
    client.socket.send('')
    const host = `127.0.0.1:${server.port}`
    const seen = ['GET', '/chat', 'HTTP/1.1', 'http', host, '127.0.0.1', 'b', false, 'b', null]
    expect(JSON.parse(String(await client.next()))).toEqual(seen)
    client.socket.close()
    await client.closed
    expect(server.errors).toEqual(['a problem'])
  })

  it('is rejected with the whole response of a middleware, fields and body included', async () => {
    const app = stack(rebuilt, cookies({ secrets: 'a secret of thirty-two characters!' }), visit, auth)(echo)
    await using server = await start(app)
    const rejected = await server.handshake('', { path: '/?no' })
    expect(rejected).toMatch(/^HTTP\/1.1 401 Unauthorized\r\n/)
    expect(rejected).toMatch(/^set-cookie: visit=1/im)
    expect(rejected).toMatch(/^x-by: middleware\r$/im)
    expect(rejected).toMatch(/^connection: close\r$/im)
    expect(rejected).toMatch(/"detail":"Sign in first."}$/)
  })

  it.each([
    ['Upgrade: WebSocket, as iOS sends it', 'Connection: Upgrade\r\nUpgrade: WebSocket'],
    ['connection: upgrade in lower case', 'connection: upgrade\r\nupgrade: websocket'],
    ['other connection options', 'Connection: keep-alive, Upgrade\r\nUpgrade: websocket'],
  ])('is accepted with %s', async (_, fields) => {
    await using server = await start(echo)
    const socket = await server.raw(
      `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`,
    )
    const [head] = await once(socket, 'data')
    expect(String(head)).toMatch(/^HTTP\/1.1 101 /)
    socket.destroy()
  })

  it('keeps a message that the client sends before the 101', async () => {
    await using server = await start(auth(echo))
    // "hi" in a masked frame
    const frame = '\x81\x82\x00\x00\x00\x00hi'
    const together = await server.raw(handshakeText() + frame)
    await received(together, '\x81\x02hi')
    const apart = await server.raw(handshakeText())
    await delay(10)
    apart.write(frame, 'latin1')
    await received(apart, '\x81\x02hi')
  })

  it.each(['leaves', 'resets the connection'])('does not reach the handler if the client %s', async (how) => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>()
    let isCalled = false
    const app: Application = async (environ) => {
      environ.signal.addEventListener('abort', () => resolve())
      begun.resolve()
      await aborted
      return websocket(() => {
        isCalled = true
      })(environ)
    }
    const begun = Promise.withResolvers<void>()
    await using server = await start(app)
    const socket = await server.raw(handshakeText())
    await begun.promise
    if (how === 'leaves') socket.destroy()
    else socket.resetAndDestroy()
    await aborted
    await delay(5)
    expect(isCalled).toBe(false)
    expect(server.errors).toEqual([])
    const next = await server.raw('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    next.destroy()
  })

  it.each([
    ['gets the response if it is rejected', () => text('no', { status: 403 }), /^HTTP\/1.1 403 [\s\S]*no$/],
    ['is disconnected if it is accepted', echo, /^$/],
  ])('of a client that has closed its side %s', async (_, app, expected) => {
    await using server = await start(async (environ) => {
      const native = environ.gateway.native as { incoming?: IncomingMessage; socket?: Socket }
      const socket = native.socket ?? native.incoming!.socket
      if (!socket.readableEnded) await once(socket, 'end')
      return app(environ)
    })
    const socket = await server.raw(handshakeText())
    socket.end()
    let received = ''
    for await (const chunk of socket) received += chunk
    expect(received).toMatch(expected)
    expect(server.errors).toEqual([])
  })

  it('survives clients that reset the connection at any time', async () => {
    const app = stack(auth)(echo)
    await using server = await start(app)
    await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const socket = await server.raw(handshakeText())
        await delay(n * 3)
        socket.resetAndDestroy()
      }),
    )
    const client = await server.open()
    client.socket.send('still here')
    expect(await client.next()).toBe('still here')
    expect(server.errors).toEqual([])
  })

  it('is an ordinary request if the client wants another protocol', async () => {
    await using server = await start(() => text('page'))
    const socket = await server.raw(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n',
    )
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(String(answer)).not.toMatch(/connection: close/i)
    socket.destroy()
  })

  it('can be sent to an application that does not accept it', async () => {
    await using server = await start(() => text('page'))
    expect(await server.handshake()).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\npage$/)
  })

  it.each([
    ['an ordinary request', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['POST', 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'],
    ['another version', handshakeText('Connection: close\r\n').replace('Version: 13', 'Version: 12')],
    ['an invalid key', handshakeText('Connection: close\r\n').replace(KEY, 'short')],
    ['another protocol', handshakeText('Connection: close\r\n').replace('websocket', 'websocket\xa0')],
  ])('is required: %s gets a 426 that says so', async (_, request) => {
    await using server = await start(echo)
    const socket = await server.raw(request)
    let answer = ''
    for await (const chunk of socket) answer += chunk
    expect(answer).toMatch(/^HTTP\/1.1 426 Upgrade Required\r\n/)
    expect(answer).toMatch(/^upgrade: websocket\r$/im)
    expect(answer).toMatch(/^connection: upgrade\r$/im)
    expect(answer).toMatch(/^sec-websocket-version: 13\r$/im)
    expect(server.errors).toEqual([])
  })

  it('settles finished with status 101 and no bytes, and does not abort the signal later', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const statuses: number[] = []
    let signal: AbortSignal | undefined
    const app: Application = (environ) => {
      signal = environ.signal
      environ.finished.then(resolve)
      return echo(environ)
    }
    await using server = await start(app, { observers: [{ ended: ({ status }) => statuses.push(status) }] })
    const client = await server.open()
    expect(await promise).toMatchObject({ bytes: 0, aborted: false })
    expect(statuses).toEqual([101])
    client.socket.terminate()
    await client.closed
    await delay(5)
    expect(signal?.aborted).toBe(false)
  })

  it('keeps the connection open although it is idle', async () => {
    await using server = await start(echo, { keepAliveTimeout: 20 })
    const client = await server.open()
    await delay(120)
    client.socket.send('still here')
    expect(await client.next()).toBe('still here')
  })
})

describe('subprotocols', () => {
  it('are not answered unless the application has chosen one', async () => {
    await using server = await start(echo)
    expect(await server.handshake('Sec-WebSocket-Protocol: chat, superchat\r\n')).not.toMatch(
      /sec-websocket-protocol/i,
    )
  })

  it('are chosen in the preference of the server', async () => {
    const protocol = websocket((socket) => socket.send(socket.protocol), { protocols: ['v2', 'v1'] })
    await using server = await start(protocol)
    const client = await server.open('/', { protocols: ['v1', 'v2'] })
    expect(client.socket.protocol).toBe('v2')
    expect(await client.next()).toBe('v2')
  })
})

describe('origins', () => {
  const cases = [
    ['a page of the same host', {}, 'http://a', 101],
    ['a page of the same host behind a proxy that ends TLS', {}, 'https://a', 101],
    ['a page of another host', {}, 'https://evil.example', 403],
    ['a page without an origin', {}, 'null', 403],
    ['a listed page', { origins: ['https://app.example'] }, 'https://app.example', 101],
    ['an unlisted page', { origins: ['https://app.example'] }, 'http://a', 403],
    ['any page', { origins: '*' as const }, 'https://evil.example', 101],
  ] as const
  it.each(cases)('%s gets the right status', async (_, options, origin, status) => {
    let calls = 0
    const app = websocket(() => {
      calls++
    }, options)
    await using server = await start(app)
    expect(await server.handshake(`Origin: ${origin}\r\n`)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(calls).toBe(status === 101 ? 1 : 0)
  })
})

describe('a gateway', () => {
  it('rejects WebSockets beyond maxWebSockets with 503, until one closes', async () => {
    await using server = await start(echo, { maxWebSockets: 1 })
    const client = await server.open()
    const rejected = await server.handshake()
    expect(rejected).toMatch(/^HTTP\/1.1 503 /)
    expect(rejected).toMatch(/^retry-after: 1\r$/im)
    client.socket.close()
    await client.closed
    await delay(5)
    expect(await server.handshake()).toMatch(/^HTTP\/1.1 101 /)
  })

  it('does not count handshakes that a middleware has rejected', async () => {
    const wins: Middleware = (app) => async (environ) => {
      await app(environ)
      return environ.queryString === '' ? text('no', { status: 403 }) : app(extend(environ, {}))
    }
    await using server = await start(wins(echo), { maxWebSockets: 1 })
    for (let n = 0; n < 3; n++) expect(await server.handshake()).toMatch(/^HTTP\/1.1 403 /)
  })
})
