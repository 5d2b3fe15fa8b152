import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Application,
  empty,
  extend,
  HttpError,
  json,
  type Middleware,
  mount,
  stack,
  stream,
  text,
  withPath,
} from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { connect } from './connect.ts'
import type { ConnectMiddleware, ConnectRequest } from './contract.ts'

const quiet = { errors: { write() {} } }
const hello: Application = () => text('Hello')

/** The response where this middleware stands around this application. */
const through = (middleware: ConnectMiddleware, app: Application = hello, method = 'GET') =>
  client(connect(middleware)(app), quiet).request(method, '/')

/** What a middleware sees of a request. */
async function seen(
  path: string,
  init = {},
  method = 'GET',
): Promise<IncomingMessage & { originalUrl?: string }> {
  let request: IncomingMessage | undefined
  const look = connect((req, _, next) => {
    request = req
    next()
  })
  await client(look(hello), { remoteAddress: '192.0.2.1' }).request(method, path, init)
  return request!
}

describe('the request', () => {
  it('is Node’s, made of the environ', async () => {
    const request = await seen('https://example.org:8443/a%20b?x=1', {
      headers: { 'x-a': 'b', cookie: 'c=d' },
    })
    expect(request).toMatchObject({
      method: 'GET',
      url: '/a%20b?x=1',
      originalUrl: '/a%20b?x=1',
      httpVersion: '1.1',
      httpVersionMajor: 1,
      httpVersionMinor: 1,
      headers: { host: 'example.org:8443', 'x-a': 'b', cookie: 'c=d' },
    })
    expect(request.socket).toMatchObject({ remoteAddress: '192.0.2.1', encrypted: true })
    expect(request.rawHeaders).toContain('x-a')
  })

  it('has the body', async () => {
    const echo = connect<{ text: string }>((req, _, next) => {
      let text = ''
      req.setEncoding('utf8')
      req.on('data', (chunk) => {
        text += chunk
      })
      req.on('end', () => {
        Object.assign(req, { text })
        next()
      })
    })
    const web = client(echo(({ connect }) => json([connect.req.text, connect.req.complete])))
    expect(await (await web.post('/', { body: 'body' })).json()).toEqual(['body', true])
    const chunks = new ReadableStream({
      start(controller) {
        for (const chunk of ['bo', '', 'dy']) controller.enqueue(new TextEncoder().encode(chunk))
        controller.close()
      },
    })
    expect(await (await web.post('/', { body: chunks })).json()).toEqual(['body', true])
    expect(await (await web.post('/')).json()).toEqual(['', true])
    expect(await (await web.get('/')).json()).toEqual(['', true])
  })

  it('says that a body is there, which nobody has measured', async () => {
    expect((await seen('/', { body: 'x' }, 'POST')).headers['transfer-encoding']).toBe('chunked')
    const measured = await seen('/', { body: 'x', headers: { 'content-length': '1' } }, 'POST')
    expect(measured.headers).not.toHaveProperty('transfer-encoding')
    expect((await seen('/', {}, 'POST')).headers).not.toHaveProperty('transfer-encoding')
  })

  it('fails as the body fails', async () => {
    const failing = new ReadableStream({
      pull() {
        throw new Error('cut off')
      },
    })
    const app = connect((req, _, next) => {
      req.on('error', next)
      req.resume()
    })(hello)
    const web = client(app, quiet)
    expect((await web.post('/', { body: failing })).status).toBe(500)
    expect(web.errors).toMatchObject([{ message: 'cut off' }])
  })

  it('leaves the body to the application where the middleware does not read it', async () => {
    const app = connect((_req, _, next) => next())(async ({ request }) => text(await request.text()))
    expect(await (await client(app).post('/', { body: 'body' })).text()).toBe('body')
  })

  it('has the path without what mounts have taken, and the whole one beside it', async () => {
    const urls: unknown[] = []
    const look = connect((req, _, next) => {
      urls.push([req.url, (req as ConnectRequest).originalUrl])
      next()
    })
    const after = connect((req, res, next) => {
      res.on('finish', () => urls.push(['finish', req.url]))
      next()
    })
    const app = stack(after, look, mount('/in', look(hello)))(hello)
    for (const path of ['/in/side?x', '/in?x']) await (await client(app).get(path)).text()
    expect(urls).toEqual([
      ['/in/side?x', '/in/side?x'],
      ['/side?x', '/in/side?x'],
      ['finish', '/in/side?x'],
      ['/in?x', '/in?x'],
      ['/?x', '/in?x'],
      ['finish', '/in?x'],
    ])
  })

  it('has the target of OPTIONS *', async () => {
    const environ = withPath(testEnviron('/', { method: 'OPTIONS' }), { scriptName: '', pathInfo: '' })
    let request: IncomingMessage | undefined
    await connect((req, res) => {
      request = req
      res.end()
    })(hello)(environ)
    expect(request).toMatchObject({ url: '*', originalUrl: '*' })
  })

  it('is made anew where a key of its name is another’s', async () => {
    const other: Middleware<{ connect: unknown }> = (app) => (environ) =>
      app(extend(environ, { connect: { req: {} } }))
    const app = other(connect((_req, _res, next) => next())(({ connect }) => text(connect.req.method!)))
    expect(await (await client(app).get('/')).text()).toBe('GET')
  })

  it('is one for all the middleware of a stack, typed by what each adds', async () => {
    const requests = new Set<object>()
    const add = <Added extends object>(added: Added) =>
      connect<Added>((req, _, next) => {
        requests.add(req)
        Object.assign(req, added)
        next()
      })
    const web = stack(add({ user: 'Ada' }), add({ visits: 7 }))
    const app = web(({ connect: { req } }) => {
      expectTypeOf(req.user).toEqualTypeOf<string>()
      expectTypeOf(req.visits).toEqualTypeOf<number>()
      expectTypeOf(req.originalUrl).toEqualTypeOf<string>()
      // @ts-expect-error nothing adds it
      req.session
      requests.add(req)
      return json([req.user, req.visits])
    })
    expect(await (await client(app).get('/')).json()).toEqual(['Ada', 7])
    expect(requests.size).toBe(1)
    // @ts-expect-error 'connect' is missing
    client(({ connect }: { connect: { req: ConnectRequest<{ user: string }> } }) => text(connect.req.user))
  })
})

describe('next', () => {
  it('goes on to the application, once', async () => {
    let calls = 0
    const app: Application = () => text(String(++calls))
    const response = await through((_req, _res, next) => {
      next()
      next()
    }, app)
    expect(await response.text()).toBe('1')
    expect(calls).toBe(1)
  })

  it('fails with an error, reported whole and answered 500', async () => {
    const failures: ConnectMiddleware[] = [
      (_req, _res, next) => next(new Error('broken')),
      () => {
        throw new Error('broken')
      },
      async () => {
        throw new Error('broken')
      },
      (_req, _res, next) => setImmediate(next, new Error('broken')),
    ]
    for (const middleware of failures) {
      const web = client(connect(middleware)(hello), quiet)
      const response = await web.get('/')
      expect(response.status).toBe(500)
      expect(await response.text()).not.toContain('broken')
      expect(web.errors).toMatchObject([{ message: 'broken' }])
    }
    const web = client(connect((_req, _res, next) => next('route'))(hello), quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toMatchObject([{ message: 'A middleware failed with route', cause: 'route' }])
  })

  it('fails for the client with an error that blames it, and keeps what was set', async () => {
    const blame =
      (error: object): ConnectMiddleware =>
      (_req, res, next) => {
        res.setHeader('x-set', '1')
        next(Object.assign(new Error('secret'), error))
      }
    const shown = await through(blame({ status: 413, expose: true }))
    expect(await shown.json()).toMatchObject({ status: 413, detail: 'secret' })
    expect(shown.headers.get('x-set')).toBe('1')
    const hidden = await through(blame({ statusCode: 403 }))
    expect(await hidden.json()).toEqual({ type: 'about:blank', title: 'Forbidden', status: 403 })
    expect((await through(blame({ status: 503 }))).status).toBe(500)
    expect((await through((_req, _res, next) => next(new HttpError(410)))).status).toBe(410)
  })

  it('reports an error that comes after the response', async () => {
    const app = connect((_req, res, next) => {
      res.on('finish', () => next(new Error('late')))
      next()
    })(hello)
    const web = client(app, quiet)
    expect(await (await web.get('/')).text()).toBe('Hello')
    await expect.poll(() => web.errors).toMatchObject([{ message: 'late' }])
  })

  it('is not heard once the middleware has answered', async () => {
    let called = false
    const response = await through(
      (_req, res, next) => {
        res.end('mine')
        next()
      },
      () => {
        called = true
        return text('yours')
      },
    )
    expect([await response.text(), called]).toEqual(['mine', false])
  })
})

describe('the response of the application', () => {
  const set: ConnectMiddleware = (_req, res, next) => {
    res.setHeader('X-Mine', 'middleware')
    res.setHeader('X-Both', 'middleware')
    res.setHeader('Vary', 'Origin')
    res.setHeader('Set-Cookie', ['a=1', 'b=2'])
    next()
  }

  it('has what the middleware has set; its own goes before it, cookies and Vary are added up', async () => {
    const response = await through(set, () =>
      text('Hello', {
        status: 201,
        statusText: 'Made',
        headers: [
          ['x-both', 'application'],
          ['vary', 'Accept, origin'],
          ['set-cookie', 'c=3'],
        ],
      }),
    )
    expect([response.status, response.statusText]).toEqual([201, 'Made'])
    expect(response.headers.get('x-mine')).toBe('middleware')
    expect(response.headers.get('x-both')).toBe('application')
    expect(response.headers.get('vary')).toBe('origin, Accept')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2', 'c=3'])
    expect(response.headers.get('content-length')).toBe('5')
    expect(await response.text()).toBe('Hello')
  })

  it('has it on errors too', async () => {
    const response = await through(set, () => {
      throw new HttpError(404)
    })
    expect([response.status, response.headers.get('x-mine')]).toEqual([404, 'middleware'])
  })

  it.each<[string, Application, string]>([
    ['text', hello, 'Hello'],
    ['bytes', () => new Response(Uint8Array.of(72, 105), { headers: { 'content-type': 'a/b' } }), 'Hi'],
    ['a stream', () => stream(['Hel', 'lo']), 'Hello'],
    ['nothing', () => empty(), ''],
    ['not modified', () => empty(304, { headers: { etag: '"1"' } }), ''],
    ['no body', () => new Response(null, { status: 404 }), ''],
    ['empty text', () => text(''), ''],
  ])('passes through Node’s as it was: %s', async (_, app, body) => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const [direct, bridged] = await Promise.all([
        client(app).request(method, '/'),
        through((_req, _res, next) => next(), app, method),
      ])
      expect(bridged.status).toBe(direct.status)
      expect(await bridged.text()).toBe(method === 'HEAD' ? '' : body)
      const { 'content-length': _length, ...fields } = Object.fromEntries(bridged.headers)
      expect(fields).toEqual(Object.fromEntries(direct.headers))
    }
  })

  it('passes through write and end as the middleware has replaced them', async () => {
    const shout: ConnectMiddleware = (_req, res, next) => {
      const { write, end } = res
      const upper = (chunk: unknown) => Buffer.from(String(chunk ?? '').toUpperCase())
      res.write = (chunk: unknown) => write.call(res, upper(chunk), 'utf8')
      res.end = ((chunk: unknown) => end.call(res, upper(chunk), 'utf8')) as typeof res.end
      next()
    }
    expect(await (await through(shout)).text()).toBe('HELLO')
    expect(await (await through(shout, () => stream(['one ', 'two']))).text()).toBe('ONE TWO')
  })

  it('streams no faster than it is read', async () => {
    let made = 0
    const app: Application = () =>
      stream(
        (function* () {
          for (;;) {
            made++
            yield new Uint8Array(8 * 1024)
          }
        })(),
      )
    const response = await through((_req, _res, next) => next(), app)
    const reader = response.body!.getReader()
    for (let taken = 0; taken < 50; taken++) await reader.read()
    expect(made).toBeGreaterThanOrEqual(50)
    expect(made).toBeLessThan(56)
    await reader.cancel()
  })

  it('is let go when the client leaves', async () => {
    const log: string[] = []
    async function* endless() {
      try {
        for (;;) yield 'more'
      } finally {
        log.push('returned')
      }
    }
    const response = await through(
      (_req, res, next) => {
        res.on('finish', () => log.push('finish'))
        res.on('close', () => log.push('close'))
        next()
      },
      () => stream(endless()),
    )
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    await expect.poll(() => log.sort()).toEqual(['close', 'returned'])
  })

  it('is cut off where its stream fails', async () => {
    const app: Application = () =>
      stream(
        (function* () {
          yield 'one'
          throw new Error('broken')
        })(),
      )
    const response = await through((_req, _res, next) => next(), app)
    await expect(response.text()).rejects.toThrow('broken')
  })

  it('is dropped where the middleware has answered in its place', async () => {
    let cancelled = false
    const late = Promise.withResolvers<void>()
    const app: Application = async () => {
      await late.promise
      return new Response(
        new ReadableStream({
          cancel() {
            cancelled = true
          },
        }),
        { headers: { 'content-type': 'text/plain' } },
      )
    }
    const response = await through((_req, res, next) => {
      next()
      res.statusCode = 503
      res.end('too late')
    }, app)
    expect([response.status, await response.text()]).toEqual([503, 'too late'])
    late.resolve()
    await expect.poll(() => cancelled).toBe(true)
  })

  it('comes after the head where the middleware has written that', async () => {
    const response = await through((_req, res, next) => {
      res.writeHead(203, { 'content-type': 'text/html' })
      next()
    })
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      203,
      'text/html',
      'Hello',
    ])
  })

  it('begins before its first chunk is there', async () => {
    async function* silent() {
      yield await new Promise<string>(() => {})
    }
    const response = await through(
      (_req, _res, next) => next(),
      () => stream(silent(), { status: 202 }),
    )
    expect(response.status).toBe(202)
  })

  it('keeps Vary at all where one of both says so', async () => {
    const response = await through(
      (_req, res, next) => {
        res.setHeader('vary', '*')
        next()
      },
      () => text('', { headers: { vary: 'accept' } }),
    )
    expect(response.headers.get('vary')).toBe('*')
  })

  it('that fails after the middleware has answered is reported', async () => {
    const app: Application = async () => {
      throw new Error('broken')
    }
    const web = client(
      connect((_req, res, next) => {
        next()
        res.end('mine')
        res.flushHeaders()
      })(app),
      quiet,
    )
    expect(await (await web.get('/')).text()).toBe('mine')
    await expect.poll(() => web.errors).toMatchObject([{ message: 'broken' }])
  })

  it('passes on what the application throws', async () => {
    const web = client(
      connect((_req, _res, next) => next())(() => {
        throw new Error('broken')
      }),
      quiet,
    )
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toMatchObject([{ message: 'broken' }])
  })

  it('tells the middleware when it has finished, and when it is closed', async () => {
    const log: unknown[] = []
    const response = await through((_req, res, next) => {
      res.on('finish', () => log.push(['finish', res.statusCode, res.writableEnded, res.headersSent]))
      res.on('close', () => log.push('close'))
      next()
    })
    expect(await response.text()).toBe('Hello')
    await expect.poll(() => log).toEqual([['finish', 200, true, true], 'close'])
  })
})

describe('a response of the middleware', () => {
  const answering = (
    use: (res: ServerResponse & { redirect(...args: unknown[]): void }) => void,
    method = 'GET',
  ) => through((_req, res) => use(res as never), undefined, method)

  it('is the answer', async () => {
    const response = await answering((res) => {
      res.writeHead(418, 'Teapot', { 'Content-Type': 'text/html', 'Set-Cookie': ['a=1', 'b=2'] })
      res.write('short ')
      res.write(Buffer.from('and '))
      res.end('c3RvdXQ=', 'base64')
    })
    expect([response.status, response.statusText]).toEqual([418, 'Teapot'])
    expect(response.headers.get('content-type')).toBe('text/html')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.text()).toBe('short and stout')
  })

  it('may have its head in any of Node’s forms', async () => {
    const heads: ((res: ServerResponse) => void)[] = [
      (res) => res.writeHead(201, { 'X-A': '1' }),
      (res) => res.writeHead(201, ['X-A', '1']),
      (res) => res.writeHead(201, [['X-A', '1']] as never),
      (res) => res.setHeader('X-A', 1).writeHead(201),
      (res) => {
        res.statusCode = 201
        res.appendHeader('X-A', '1')
        res.flushHeaders()
      },
    ]
    for (const head of heads) {
      const response = await answering((res) => {
        head(res)
        res.end()
      })
      expect([response.status, response.headers.get('x-a')]).toEqual([201, '1'])
      expect(await response.text()).toBe('')
    }
  })

  it('has a type where it has a body and does not say of what', async () => {
    const type = async (use: Parameters<typeof answering>[0]) =>
      (await answering(use)).headers.get('content-type')
    expect(await type((res) => res.end('Unauthorized'))).toBe('text/plain; charset=utf-8')
    expect(await type((res) => res.end(Buffer.from('?')))).toBe('application/octet-stream')
    expect(await type((res) => res.end())).toBeNull()
    expect(await type((res) => res.writeHead(304, { 'content-type': 'text/html' }).end())).toBeNull()
  })

  it('has no body for HEAD and for statuses without one, and no hop-by-hop fields', async () => {
    expect((await answering((res) => res.end('body'), 'HEAD')).body).toBeNull()
    const response = await answering((res) => {
      res.writeHead(204, { Connection: 'close', 'Keep-Alive': 'x', 'Content-Length': '4' })
      res.end('body')
    })
    expect([response.status, response.body, [...response.headers]]).toEqual([204, null, []])
  })

  it('may redirect, as Express lets it', async () => {
    const there = async (...args: unknown[]) => {
      const { status, headers } = await answering((res) => res.redirect(...args))
      return [status, headers.get('location')]
    }
    expect(await there('/sign-in?next=%2Fa')).toEqual([302, '/sign-in?next=%2Fa'])
    expect(await there(303, '/Äpfel')).toEqual([303, '/%C3%84pfel'])
  })

  it('streams, telling when there is room', async () => {
    const log: string[] = []
    const response = await answering((res) => {
      log.push(String(res.write(Buffer.alloc(20_000))))
      res.on('drain', () => {
        log.push('drain')
        res.end('!')
      })
    })
    expect(log).toEqual(['false'])
    expect((await response.arrayBuffer()).byteLength).toBe(20_001)
    expect(log).toEqual(['false', 'drain'])
  })

  it('calls back as Node does, and takes nothing after its end', async () => {
    const log: unknown[] = []
    const response = await answering((res) => {
      res.write('one', () => log.push('written'))
      res.end(() => log.push('finished'))
      res.end('again')
      res.flushHeaders()
      res.write('late', 'utf8', (error) => log.push((error as NodeJS.ErrnoException).code))
      expect(() => res.setHeader('x', 'y')).toThrow('Cannot set headers after they are sent')
    })
    expect(await response.text()).toBe('one')
    await expect.poll(() => log).toEqual(['written', 'ERR_STREAM_WRITE_AFTER_END', 'finished'])
  })

  it('may be written to after the client has left', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const response = await answering((res) => {
      res.write('one')
      res.on('close', () => resolve(res.write(Buffer.alloc(100_000))))
    })
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(await promise).toBe(true)
  })

  it('is cut off where the middleware destroys it', async () => {
    const response = await answering((res) => {
      res.write('one')
      setImmediate(() => res.destroy(new Error('broken')))
    })
    await expect(response.text()).rejects.toThrow('broken')
    expect((await answering((res) => void res.destroy())).status).toBe(500)
  })

  it('that cannot be one is an error', async () => {
    expect((await answering((res) => res.write(7))).status).toBe(500)
    expect((await answering((res) => res.writeHead(101).end())).status).toBe(500)
  })
})

it('names what is no middleware', () => {
  expect(() => connect({} as ConnectMiddleware)).toThrow(
    new TypeError('connect: middleware must be a function, got object'),
  )
})
