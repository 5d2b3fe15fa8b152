import { once } from 'node:events'
import { request } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { type Application, stack, stream } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { hello, passing, quiet, received, serving, through } from '../test/helpers.ts'
import { type ConnectMiddleware, connect } from './index.ts'

/** Records the events that tell middleware how a request has ended. */
function recording(log: unknown[], use: ConnectMiddleware): ConnectMiddleware {
  return (req, res, next) => {
    req.on('aborted', () => log.push('req aborted'))
    req.on('error', (error) =>
      log.push(`req error ${(error as NodeJS.ErrnoException).code ?? error.message}`),
    )
    req.on('close', () => log.push('req close'))
    res.on('finish', () => log.push('res finish'))
    res.on('close', () => log.push('res close'))
    return use(req, res, next)
  }
}

/** Sends GET / and disconnects when `gone` resolves. */
async function disconnecting(
  url: string,
  gone: Promise<unknown>,
  head = 'GET / HTTP/1.1\r\n\r\n',
): Promise<void> {
  const socket = connectTcp(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(head.replace('\r\n', '\r\nHost: localhost\r\n'))
  await gone
  socket.destroy()
}

describe('a client that disconnects', () => {
  it('closes req and res while the middleware streams events', async () => {
    const log: unknown[] = []
    const started = Promise.withResolvers<void>()
    let ticks: NodeJS.Timeout | undefined
    const events = recording(log, (req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' })
      ticks = setInterval(() => res.write('data: tick\n\n'), 5)
      req.on('close', () => clearInterval(ticks))
      started.resolve()
    })
    await serving(connect(events)(hello), async (url, errors) => {
      await disconnecting(url, started.promise)
      await expect.poll(() => log).toEqual(expect.arrayContaining(['req close', 'res close']))
      expect(log).toContain('req aborted')
      expect(log).toContain('req error ECONNRESET')
      expect(log).not.toContain('res finish')
      expect(ticks).toMatchObject({ _destroyed: true })
      expect(errors).toEqual([])
    })
  })

  it('closes req and res before the middleware has responded', async () => {
    const log: unknown[] = []
    const started = Promise.withResolvers<void>()
    const silent = recording(log, () => started.resolve())
    await serving(connect(silent)(hello), async (url, errors) => {
      await disconnecting(url, started.promise)
      await expect.poll(() => log).toEqual(expect.arrayContaining(['req close', 'res close']))
      expect(errors).toEqual([])
    })
  })

  it('closes req and res while the application is running, and its late response is cancelled', async () => {
    const log: unknown[] = []
    const started = Promise.withResolvers<void>()
    const late = Promise.withResolvers<void>()
    let isCancelled = false
    const app: Application = async () => {
      started.resolve()
      await late.promise
      const body = new ReadableStream({
        cancel() {
          isCancelled = true
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/plain' } })
    }
    await serving(connect(recording(log, passing))(app), async (url) => {
      await disconnecting(url, started.promise)
      await expect.poll(() => log).toEqual(expect.arrayContaining(['req close', 'res close']))
      late.resolve()
      await expect.poll(() => isCancelled).toBe(true)
    })
  })

  it('aborts the upload that the middleware is reading', async () => {
    const log: unknown[] = []
    const started = Promise.withResolvers<void>()
    const upload = recording(log, (req) => req.on('data', () => started.resolve()))
    await serving(connect(upload)(hello), async (url) => {
      await disconnecting(url, started.promise, 'POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf')
      await expect.poll(() => log).toEqual(expect.arrayContaining(['req close', 'res close']))
      expect(log.some((event) => String(event).startsWith('req error'))).toBe(true)
    })
  })
})

it('emits no abort when a response ends normally', async () => {
  const log: unknown[] = []
  await serving(connect(recording(log, passing))(hello), async (url) => {
    expect(await (await fetch(url)).text()).toBe('Hello')
    await expect.poll(() => log).toEqual(expect.arrayContaining(['req close', 'res close']))
    expect(log).not.toContain('req aborted')
    expect(log).toContain('res finish')
  })
})

describe('a listener that throws', () => {
  it.each<[string, ConnectMiddleware]>([
    [
      'data of the request',
      (req) =>
        void req.on('data', () => {
          throw new Error('broken')
        }),
    ],
    [
      'end of the request',
      (req) =>
        void req.resume().on('end', () => {
          throw new Error('broken')
        }),
    ],
    [
      'a callback of write',
      (_req, res) =>
        void res.write('begin', () => {
          throw new Error('broken')
        }),
    ],
  ])('fails the request: %s', async (_, middleware) => {
    const web = client(connect(middleware)(hello), quiet)
    const response = await web.post('/', { body: 'text' })
    const outcome = response.ok ? response.text() : Promise.reject(web.errors[0])
    await expect(outcome).rejects.toThrow('broken')
  })

  it('determines the status of the response if its error has one', async () => {
    const web = client(
      connect((req) => {
        req.resume().on('end', () => {
          throw Object.assign(new Error('invalid body'), { status: 400 })
        })
      })(hello),
      quiet,
    )
    expect((await web.post('/', { body: 'text' })).status).toBe(400)
    expect(web.errors).toEqual([])
  })

  it('is reported if the response has ended', async () => {
    const web = client(
      connect((_req, res, next) => {
        for (const event of ['finish', 'close']) {
          res.on(event, () => {
            throw new Error(`broken ${event}`)
          })
        }
        next()
      })(hello),
      quiet,
    )
    expect(await (await web.get('/')).text()).toBe('Hello')
    await expect
      .poll(() => web.errors)
      .toMatchObject([{ message: 'broken finish' }, { message: 'broken close' }])
  })
})

describe('closing the connection', () => {
  it.each<[string, ConnectMiddleware]>([
    ['req.destroy()', (req) => void req.destroy()],
    ['req.socket.destroy()', (req) => req.socket.destroy()],
    ['res.socket.destroy()', (_req, res) => res.socket!.destroy()],
    ['res.destroy()', (_req, res) => void res.destroy()],
    ['res.destroy()', (_req, res) => void res.destroy()],
    ['req.socket.end()', (req) => req.socket.end()],
    ['req.socket.destroySoon()', (req) => req.socket.destroySoon()],
    [
      'req.destroy() after next()',
      (req, _res, next) => {
        next()
        req.destroy()
      },
    ],
  ])('with %s results in a 500, which is reported', async (_, middleware) => {
    const web = client(
      connect(middleware)(() => new Promise(() => {})),
      quiet,
    )
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toMatchObject([
      { message: expect.stringMatching(/^The middleware (closed|destroyed)/) },
    ])
  })

  it.each<[string, ConnectMiddleware]>([
    ['req.destroy(error)', (req) => void req.destroy(new Error('broken'))],
    ['req.socket.destroy(error)', (req) => req.socket.destroy(new Error('broken'))],
    ['res.destroy(error)', (_req, res) => void res.destroy(new Error('broken'))],
  ])('with %s reports the error', async (_, middleware) => {
    const web = client(connect(middleware)(hello), quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toMatchObject([{ message: 'broken' }])
  })

  it('cuts off a response that has started', async () => {
    const closing: ConnectMiddleware[] = [
      (req) => void req.destroy(),
      (req) => req.socket.destroy(),
      (_req, res) => void res.destroy(),
    ]
    for (const close of closing) {
      const response = await through((req, res, next) => {
        res.write('begin')
        setImmediate(close, req, res, next)
      })
      await expect(response.text()).rejects.toThrow(/The middleware (closed the connection|destroyed res)/)
    }
    async function* endless() {
      for (;;) {
        yield 'more'.repeat(10_000)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const response = await through(
      (req, res, next) => {
        next()
        res.once('drain', () => req.socket.destroy())
      },
      () => stream(endless()),
    )
    await expect(response.text()).rejects.toThrow(/The middleware (closed the connection|destroyed res)/)
  })

  it('has no effect after the response', async () => {
    const response = await through((req, res) => {
      res.end('whole')
      req.socket.destroy()
      req.destroy()
    })
    expect(await response.text()).toBe('whole')
  })

  it('fails the request of all layers of a stack', async () => {
    const inner = connect((req) => req.socket.destroy())
    const web = client(connect(passing)(inner(hello)), quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toHaveLength(1)
  })
})

describe('req.socket', () => {
  it('cannot be written to: an attempt fails the request, but does not end the process', async () => {
    for (const write of [
      (req: Parameters<ConnectMiddleware>[0]) => req.socket.write('HTTP/1.1 200 OK\r\n\r\n'),
      (req: Parameters<ConnectMiddleware>[0]) => req.socket.end('HTTP/1.1 200 OK\r\n\r\n'),
    ]) {
      const web = client(connect((req) => void write(req))(hello), quiet)
      expect((await web.get('/')).status).toBe(500)
      expect(web.errors).toMatchObject([
        { message: 'req.socket cannot be written to behind connect(); write to res instead' },
      ])
    }
  })

  it('lets middleware set encrypted', async () => {
    const request = await received('http://example.org/')
    expect(request.socket).toMatchObject({ encrypted: false })
    Object.assign(request.socket, { encrypted: true })
    expect(request.socket).toMatchObject({ encrypted: true })
  })

  it('has the addresses and ports of the connection, over HTTP', async () => {
    let seen: Record<string, unknown> = {}
    const app = connect(({ socket }, res) => {
      const { remoteAddress, remoteFamily, remotePort, localAddress, localPort } = socket
      seen = { remoteAddress, remoteFamily, remotePort, localAddress, localPort, address: socket.address() }
      res.end()
    })(hello)
    await serving(app, async (url) => {
      const port = Number(new URL(url).port)
      const sent = request(url)
      sent.end()
      const [response] = await once(sent, 'response')
      expect(seen).toEqual({
        remoteAddress: '127.0.0.1',
        remoteFamily: 'IPv4',
        remotePort: response.socket.localPort,
        localAddress: '127.0.0.1',
        localPort: port,
        address: { address: '127.0.0.1', family: 'IPv4', port },
      })
      response.resume()
    })
  })

  it('has the port of the host if the gateway has no connection', async () => {
    expect((await received('https://example.org/')).socket).toMatchObject({ localPort: 443 })
    const { socket } = await received('http://example.org:8080/')
    expect(socket).toMatchObject({ localPort: 8080, remotePort: undefined, remoteFamily: 'IPv4' })
    expect(socket.address()).toEqual({})
  })
})

describe('a timeout', () => {
  it.each<[string, (on: Parameters<ConnectMiddleware>, done: () => void) => unknown]>([
    ['req.setTimeout', ([req], done) => req.setTimeout(20, done)],
    ['res.setTimeout', ([, res], done) => res.setTimeout(20, done)],
    [
      "req.on('timeout')",
      ([req], done) => {
        req.on('timeout', done)
        req.socket.setTimeout(20)
      },
    ],
  ])('calls back: %s', async (_, set) => {
    const response = await through((...args) => {
      set(args, () => args[1].writeHead(503).end('slow'))
    })
    expect([response.status, await response.text()]).toEqual([503, 'slow'])
  })

  it('closes the connection if no listener handles it', async () => {
    const web = client(connect((req) => void req.socket.setTimeout(20))(hello), quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toMatchObject([{ message: 'The connection was idle for 20 ms' }])
  })

  it('does not fire after the response', async () => {
    let isFired = false
    const app = connect((_req, res, next) => {
      res.setTimeout(20, () => {
        isFired = true
      })
      next()
    })(hello)
    await (await client(app).get('/')).text()
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(isFired).toBe(false)
  })
})

describe('res', () => {
  it('rejects null like Node', async () => {
    const web = client(connect((_req, res) => void res.write(null))(hello), quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toMatchObject([{ code: 'ERR_STREAM_NULL_VALUES' }])
  })

  it('reports once that trailers and informational responses are not sent', async () => {
    const app = connect((_req, res) => {
      res.addTrailers({ 'x-sum': '1' })
      res.writeContinue()
      res.writeProcessing()
      res.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => res.end('done'))
    })(hello)
    const web = client(app, quiet)
    for (let time = 0; time < 2; time++) expect(await (await web.get('/')).text()).toBe('done')
    expect(web.errors.map((error) => (error as Error).message)).toEqual(
      ['addTrailers', 'writeContinue', 'writeProcessing', 'writeEarlyHints'].map(
        (method) => `res.${method} has no effect behind connect(): a Response cannot carry it`,
      ),
    )
  })

  it('has the reason phrases of RFC 9110', async () => {
    const phrases: unknown[] = []
    for (const status of [413, 422, 404]) {
      const response = await through((_req, res) => {
        res.writeHead(status)
        phrases.push(res.statusMessage)
        res.end('text')
      })
      expect(response.statusText).toBe('')
    }
    expect(phrases).toEqual(['Content Too Large', 'Unprocessable Content', 'Not Found'])
    await serving(connect((_req, res) => void res.writeHead(422).end('text'))(hello), async (url) => {
      expect((await fetch(url)).statusText).toBe('Unprocessable Content')
    })
  })
})

it('lets middleware outside respond although an inner layer has closed the connection', async () => {
  const app = stack(
    connect((_req, res, next) => {
      res.setHeader('x-outer', '1')
      next()
    }),
    connect((_req, res) => void res.destroy(new Error('broken'))),
  )(hello)
  const web = client(app, quiet)
  const response = await web.get('/')
  expect([response.status, response.headers.get('x-outer')]).toEqual([500, '1'])
  expect(web.errors).toMatchObject([{ message: 'broken' }])
})
