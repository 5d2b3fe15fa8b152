import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Application, metadataOf, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { toNodeListener } from '@tsgi/server'
import { describe, expect, it } from 'vitest'
import { handshakeText, start } from '../test/start.ts'
import { type Close, type Socket, type WebSocketOptions, websocket } from './index.ts'

const echo = websocket(async (socket) => {
  for await (const message of socket) await socket.send(message)
})

/** An application that passes on its next socket and stays open. */
function accepting(options?: WebSocketOptions): { app: Application; accepted: Promise<Socket> } {
  const { promise, resolve } = Promise.withResolvers<Socket>()
  const app = websocket(async (socket) => {
    resolve(socket)
    await socket.closed
  }, options)
  return { app, accepted: promise }
}

describe('a WebSocket', () => {
  it('receives text as strings and bytes as Uint8Array, in order', async () => {
    const received: unknown[] = []
    const app = websocket(async (socket) => {
      for await (const message of socket) {
        received.push(message)
        await socket.send(message)
      }
    })
    await using server = await start(app)
    const { socket, next } = await server.open()
    socket.send('grüße 🎉')
    socket.send(Uint8Array.of(0, 255))
    socket.send('')
    expect(await next()).toBe('grüße 🎉')
    expect(await next()).toEqual(Buffer.from([0, 255]))
    expect(await next()).toBe('')
    expect(received).toEqual(['grüße 🎉', Uint8Array.of(0, 255), ''])
    expect(Object.getPrototypeOf(received[1])).toBe(Uint8Array.prototype)
    socket.terminate()
  })

  it('closes with 1000 when the handler returns', async () => {
    await using server = await start(websocket((socket) => socket.send('bye')))
    const opened = await server.open()
    expect(await opened.next()).toBe('bye')
    expect(await opened.closed).toEqual({ code: 1000, reason: '' })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('the password is hunter2')
      },
    ],
    ['rejects', () => Promise.reject(new Error('the password is hunter2'))],
  ])(
    'closes with 1011 when the handler %s, and reports the error once with the request',
    async (_, handler) => {
      const reports: unknown[] = []
      await using server = await start(websocket(handler), {
        errors: {
          write: (problem, request) => reports.push([String(problem), request?.method, request?.path]),
        },
      })
      const { closed } = await server.open('/chat')
      expect(await closed).toEqual({ code: 1011, reason: 'Internal error' })
      expect(reports).toEqual([['Error: the password is hunter2', 'GET', '/chat']])
    },
  )

  it('ends the loop without an error when the client leaves, and says how it was closed', async () => {
    const ends: Close[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const app = websocket(async (socket) => {
      for await (const _ of socket);
      ends.push(await socket.closed)
      expect(socket.signal.aborted).toBe(true)
      if (ends.length === 2) resolve()
    })
    await using server = await start(app)
    const polite = await server.open()
    polite.socket.close(4001, 'enough')
    await polite.closed
    const rude = await server.open()
    rude.socket.terminate()
    await promise
    expect(ends).toEqual([
      { code: 4001, reason: 'enough', clean: true },
      { code: 1006, reason: '', clean: false },
    ])
    expect(server.errors).toEqual([])
  })

  it('delivers the messages that arrived before the close to the loop', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown[]>()
    const app = websocket(async (socket) => {
      await socket.closed
      const received: unknown[] = []
      for await (const message of socket) received.push(message)
      resolve(received)
    })
    await using server = await start(app)
    const { socket } = await server.open()
    socket.send('1')
    socket.send('2')
    socket.close()
    expect(await promise).toEqual(['1', '2'])
  })

  it('can be read again after a loop that was left with break', async () => {
    const app = websocket(async (socket) => {
      for await (const first of socket) {
        await socket.send(`first ${String(first)}`)
        break
      }
      for await (const message of socket) await socket.send(`then ${String(message)}`)
    })
    await using server = await start(app)
    const { socket, next } = await server.open()
    for (const text of ['a', 'b', 'c']) socket.send(text)
    expect([await next(), await next(), await next()]).toEqual(['first a', 'then b', 'then c'])
    socket.terminate()
  })

  it('gives the messages in order to several calls of next, and ends those that are left over', async () => {
    const app = websocket(async (socket) => {
      const messages = socket[Symbol.asyncIterator]()
      const results = Array.from({ length: 4 }, () => messages.next())
      await socket.send('waiting')
      for (const result of results.slice(0, 3)) await socket.send((await result).value)
      socket.close(4000)
      expect(await results[3]).toEqual({ value: undefined, done: true })
    })
    await using server = await start(app)
    const { socket, next, closed } = await server.open()
    expect(await next()).toBe('waiting')
    for (const text of ['a', 'b', 'c']) socket.send(text)
    expect([await next(), await next(), await next()]).toEqual(['a', 'b', 'c'])
    expect(await closed).toMatchObject({ code: 4000 })
  })

  it('closes with 1009 if a message is larger than maxMessage', async () => {
    const { app, accepted } = accepting({ maxMessage: 1000 })
    await using server = await start(app)
    const { socket, closed } = await server.open()
    socket.send('x'.repeat(1001))
    expect(await closed).toMatchObject({ code: 1009 })
    expect(await (await accepted).closed).toMatchObject({ code: 1009, clean: false })
    expect(server.errors).toEqual([])
  })

  it('limits messages after decompression', async () => {
    await using server = await start(
      websocket(
        async (socket) => {
          for await (const _ of socket);
        },
        { maxMessage: 10_000, compress: true },
      ),
    )
    const { socket, closed } = await server.open('/', { perMessageDeflate: { threshold: 0 } })
    socket.send('x'.repeat(1_000_000))
    expect(await closed).toMatchObject({ code: 1009 })
  })

  it('closes with 1007 if text is not UTF-8, and with 1002 if a frame is malformed', async () => {
    for (const [frame, code] of [
      ['\x81\x82\x00\x00\x00\x00\xff\xfe', 1007],
      ['\xf1\x80\x00\x00\x00\x00', 1002],
    ] as const) {
      const { app, accepted } = accepting()
      await using server = await start(app)
      const socket = await server.raw(handshakeText() + frame)
      socket.resume()
      expect(await (await accepted).closed).toMatchObject({ code, clean: false })
      expect(server.errors).toEqual([])
    }
  })

  it('is read no faster than the loop runs', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    let count = 0
    const app = websocket(async (socket) => {
      await released
      for await (const _ of socket) if (++count === 300) return
    })
    await using server = await start(app)
    const { socket, closed } = await server.open()
    const message = 'x'.repeat(100_000)
    for (let n = 0; n < 300; n++) socket.send(message)
    await delay(200)
    // The rest waits in the client and in the kernel.
    expect(socket.bufferedAmount).toBeGreaterThan(10_000_000)
    release()
    expect(await closed).toMatchObject({ code: 1000 })
    expect(count).toBe(300)
  })

  it('makes send wait while the client does not read', async () => {
    let sent = 0
    const app = websocket(async (socket) => {
      for (; sent < 1_000 && !socket.signal.aborted; sent++) await socket.send('x'.repeat(100_000))
    })
    await using server = await start(app)
    const opened = await server.open()
    opened.socket.pause()
    await delay(200)
    const before = sent
    expect(before).toBeLessThan(500)
    opened.socket.resume()
    expect(await opened.closed).toMatchObject({ code: 1000 })
    expect(sent).toBe(1_000)
  })

  it('delivers every message of a loop that awaits send', async () => {
    const app = websocket(async (socket) => {
      for (let n = 0; n < 100_000; n++) await socket.send(`${n}`)
    })
    await using server = await start(app)
    const { next, closed } = await server.open()
    for (let n = 0; n < 100_000; n++) if ((await next()) !== `${n}`) throw new Error(`${n} is missing`)
    expect(await closed).toMatchObject({ code: 1000 })
  })

  it('closes a client that reads too slowly for messages that nobody awaits', async () => {
    const { promise, resolve } = Promise.withResolvers<Close>()
    const app = websocket(
      async (socket) => {
        const chunk = 'x'.repeat(10_000)
        for (let n = 0; n < 1_000_000 && !socket.signal.aborted; n++) {
          socket.send(chunk)
          if (socket.buffered > 20_000_000) throw new Error('unbounded')
          if (n % 100 === 0) await delay(0)
        }
        resolve(await socket.closed)
      },
      { maxBuffered: 100_000, closeTimeout: 50 },
    )
    await using server = await start(app)
    const opened = await server.open()
    opened.socket.pause()
    expect((await promise).code).toBe(1006)
    expect(server.errors).toEqual([])
    opened.socket.terminate()
  })

  it('disconnects a client that does not answer pings', async () => {
    const { app, accepted } = accepting({ ping: 20 })
    await using server = await start(app)
    const silent = await server.raw(handshakeText())
    silent.resume()
    expect(await (await accepted).closed).toEqual({
      code: 1006,
      reason: 'The client did not answer pings',
      clean: false,
    })
  })

  it('keeps a client that answers pings', async () => {
    const { app, accepted } = accepting({ ping: 15 })
    await using server = await start(app)
    const { socket } = await server.open()
    await delay(150)
    expect((await accepted).signal.aborted).toBe(false)
    socket.terminate()
  })

  it('cuts the connection if the client does not confirm the close', async () => {
    const { app, accepted } = accepting({ closeTimeout: 30 })
    await using server = await start(app)
    const client = await server.raw(handshakeText())
    client.resume()
    const socket = await accepted
    socket.close(4000)
    expect(await socket.closed).toMatchObject({ code: 1006, clean: false })
  })

  it('ignores messages that are sent after the close', async () => {
    const { app, accepted } = accepting()
    await using server = await start(app)
    const opened = await server.open()
    const socket = await accepted
    socket.close()
    await socket.send('too late')
    expect(await opened.closed).toMatchObject({ code: 1000 })
    await socket.send('too late')
    socket.close()
  })

  it('compresses messages only if it is told to', async () => {
    for (const compress of [false, true]) {
      await using server = await start(websocket((socket) => socket.send('x'.repeat(5_000)), { compress }))
      const { socket, next } = await server.open('/', { perMessageDeflate: true })
      expect(socket.extensions).toBe(compress ? 'permessage-deflate' : '')
      expect(await next()).toHaveLength(5_000)
    }
  })
})

describe('a server that stops', () => {
  it('closes WebSockets with 1001 and aborts their signals', async () => {
    const app = websocket(async (socket) => {
      for await (const _ of socket);
      expect(socket.signal.aborted).toBe(true)
    })
    await using server = await start(app, { gracefulTimeout: 10_000 })
    const clients = [await server.open(), await server.open()]
    const began = performance.now()
    await server.server.close()
    expect(performance.now() - began).toBeLessThan(5_000)
    for (const { closed } of clients) {
      expect(await closed).toEqual({ code: 1001, reason: 'The server is stopping' })
    }
    expect(server.errors).toEqual([])
  })

  it('closes with its own code if the handler ends because of the signal', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>()
    const handlers = [
      async (socket: Socket) => {
        socket.signal.addEventListener('abort', () => resolve())
        await aborted
      },
      (socket: Socket) =>
        delay(60_000, undefined, { signal: socket.signal }).catch(() => socket.signal.throwIfAborted()),
    ]
    for (const handler of handlers) {
      await using server = await start(websocket(handler))
      const { closed } = await server.open()
      await server.server.close()
      expect((await closed).code).toBe(1001)
      expect(server.errors).toEqual([])
    }
  })

  it('rejects handshakes with 503 while it stops', async () => {
    const began = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const app: Application = async (environ) => {
      if (environ.upgrade === undefined) return text('')
      began.resolve()
      await go.promise
      return echo(environ)
    }
    await using server = await start(app)
    const answer = server.handshake()
    await began.promise
    const closed = server.server.close()
    go.resolve()
    expect(await answer).toMatch(/^HTTP\/1.1 503 [\s\S]*retry-after: 1/i)
    await closed
  })
})

describe('the test client', () => {
  it('exchanges messages with a WebSocket of the application', async () => {
    const web = client(
      websocket(
        async (socket) => {
          for await (const message of socket) await socket.send(message)
          ends.push(await socket.closed)
        },
        { protocols: ['v1'] },
      ),
    )
    const ends: Close[] = []
    const socket = await web.websocket('/', { protocols: ['v1', 'v2'] })
    expect(socket.protocol).toBe('v1')
    socket.send('Hello')
    socket.send(Uint8Array.of(1, 2))
    expect(await socket.next()).toBe('Hello')
    expect(await socket.next()).toEqual(Uint8Array.of(1, 2))
    socket.close(4000, 'enough')
    expect(await socket.closed).toEqual({ code: 4000, reason: 'enough' })
    await web[Symbol.asyncDispose]()
    expect(ends).toEqual([{ code: 4000, reason: 'enough', clean: true }])
  })

  it('rejects with the status if the handshake is rejected', async () => {
    const web = client(echo)
    const opening = web.websocket('/', { headers: { origin: 'https://evil.example' } })
    await expect(opening).rejects.toThrow('the handshake was rejected with status 403')
    expect((await web.get('/')).status).toBe(426)
  })

  it('closes open WebSockets with 1001 when it ends', async () => {
    const web = client(echo)
    const socket = await web.websocket('/')
    await web[Symbol.asyncDispose]()
    expect((await socket.closed).code).toBe(1001)
    await expect(socket.next()).rejects.toThrow('closed with code 1001')
  })

  it('sees the end of a connection whose handler throws', async () => {
    const errors: unknown[] = []
    const failing = websocket(() => {
      throw new Error('the password is hunter2')
    })
    const web = client(failing, { errors: { write: (error) => errors.push(String(error)) } })
    expect((await (await web.websocket('/')).closed).code).toBe(1011)
    expect(errors).toEqual(['Error: the password is hunter2'])
  })
})

describe('websocket()', () => {
  it('responds with 501 on a gateway that cannot accept WebSockets', async () => {
    const server = createServer(toNodeListener(echo)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(501)
    server.close()
  })

  it.each([
    [{ orgins: '*' }, /unknown option 'orgins', did you mean 'origins'/],
    [{ origins: 'https://a.example' }, /origins must be 'same', '\*' or a list of origins/],
    [{ origins: ['https://a.example/'] }, /origins\[0\] must be an origin/],
    [{ protocols: ['a b'] }, /protocols must be a list of names/],
    [{ compress: 1 }, /compress must be true or false/],
    [{ maxMessage: 0 }, /maxMessage must be a size/],
    [{ ping: '5 minutes' }, /ping must be a duration/],
  ])('rejects the options %j', (options, message) => {
    expect(() => websocket(() => {}, options as WebSocketOptions)).toThrow(message)
  })

  it('is left out of documents such as OpenAPI', () => {
    expect(metadataOf(echo)).toEqual([{ hidden: true }])
  })

  it('rejects a handler that is not a function', () => {
    expect(() => websocket({} as never)).toThrow(/handler must be a function/)
  })

  it.each([999, 1005, 1006, 5000, 1.5])('cannot close with the code %d', async (code) => {
    const { app, accepted } = accepting()
    await using server = await start(app)
    const { socket } = await server.open()
    const accept = await accepted
    expect(() => accept.close(code)).toThrow(/code must be 1000 to 4999/)
    socket.terminate()
  })
})
