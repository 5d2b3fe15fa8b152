/** Popular middleware as it is published, called in process and over HTTP. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import {
  type Application,
  HttpError,
  json,
  type Middleware,
  mount,
  type ProvidesOf,
  redirect,
  stack,
  stream,
  text,
} from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import compression from 'compression'
import timeout from 'connect-timeout'
import cookieParser from 'cookie-parser'
import express from 'express'
import basicAuth from 'express-basic-auth'
import { rateLimit } from 'express-rate-limit'
import session from 'express-session'
import helmet from 'helmet'
import morgan from 'morgan'
import passport from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'
import serveStatic from 'serve-static'
import { describe, expect, it, vi } from 'vitest'
import { hello, quiet, serving } from '../test/helpers.ts'
import { type ConnectMiddleware, connect } from './index.ts'

describe('helmet', () => {
  it('sets its headers, on error responses as well', async () => {
    const web = connect(helmet())
    const missing: Application = () => {
      throw new HttpError(404)
    }
    for (const app of [hello, missing]) {
      const { headers } = await client(web(app)).get('/')
      expect(headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
    }
    await serving(web(hello), async (url) => {
      expect((await fetch(url)).headers.get('x-content-type-options')).toBe('nosniff')
    })
  })
})

describe('morgan', () => {
  const format = ':remote-addr :method :url :status :res[content-length]'

  it('logs a request when its response has ended', async () => {
    const lines: string[] = []
    const log = connect(morgan(format, { stream: { write: (line) => lines.push(line) } }))
    const app = log(mount('/in', hello)(() => stream(['a', 'b'])))
    await (await client(app).get('/in/side?x=1')).text()
    const streaming = await client(app).get('/out')
    expect(lines).toEqual(['127.0.0.1 GET /in/side?x=1 200 5\n'])
    await streaming.text()
    await expect.poll(() => lines.at(-1)).toBe('127.0.0.1 GET /out 200 -\n')
  })

  it('logs over HTTP, including clients that disconnect', async () => {
    const lines: string[] = []
    const log = connect(morgan(`${format} :response-time`, { stream: { write: (line) => lines.push(line) } }))
    async function* endless() {
      // The client has left when what is sent is replied to with a reset.
      for (;;) {
        yield 'more'
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    const app = log(({ pathInfo }) => (pathInfo === '/endless' ? stream(endless()) : text('Hello')))
    await serving(app, async (url) => {
      await (await fetch(`${url}/whole`)).text()
      await expect.poll(() => lines.at(-1)).toMatch(/^127\.0\.0\.1 GET \/whole 200 5 [\d.]+\n$/)
      const reader = (await fetch(`${url}/endless`)).body!.getReader()
      await reader.read()
      await reader.cancel()
      await expect.poll(() => lines.at(-1)).toMatch(/^127\.0\.0\.1 GET \/endless /)
    })
  })
})

describe('compression', () => {
  const long = 'Hello '.repeat(1_000)
  const accepting = { headers: { 'accept-encoding': 'gzip' } }
  const web = connect(compression())

  it('compresses long responses but not short ones', async () => {
    const app = web(({ pathInfo }) => text(pathInfo === '/long' ? long : 'Hello'))
    const response = await client(app).get('/long', accepting)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(response.headers.get('content-length')).toBeNull()
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    const bytes = await response.bytes()
    expect(bytes.byteLength).toBeLessThan(long.length / 10)
    expect(gunzipSync(bytes).toString()).toBe(long)

    const short = await client(app).get('/short', accepting)
    expect(short.headers.get('content-encoding')).toBeNull()
    expect(await short.text()).toBe('Hello')
    const plain = await client(app).get('/long')
    expect(await plain.text()).toBe(long)
    const head = await client(app).head('/long', accepting)
    expect([head.status, head.body]).toEqual([200, null])
  })

  it('flushes every chunk before the next one is available', async () => {
    const next = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    async function* slow() {
      yield 'one'
      await next[0]!.promise
      yield 'two'
      await next[1]!.promise
      yield 'three'
    }
    await serving(
      web(() => stream(slow())),
      async (url) => {
        const response = await fetch(url, accepting)
        expect(response.headers.get('content-encoding')).toBe('gzip')
        const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
        let read = ''
        const upTo = async (end: string) => {
          while (!read.endsWith(end)) {
            const { done, value } = await reader.read()
            if (done) break
            read += value
          }
          return read
        }
        expect(await upTo('one')).toBe('one')
        next[0]!.resolve()
        expect(await upTo('two')).toBe('onetwo')
        next[1]!.resolve()
        expect(await upTo('three')).toBe('onetwothree')
      },
    )
  })

  it('applies back-pressure to a stream', async () => {
    let made = 0
    let returned = false
    const app = web(() =>
      stream(
        (function* () {
          try {
            for (;;) {
              made++
              yield crypto.getRandomValues(new Uint8Array(32 * 1024))
            }
          } finally {
            returned = true
          }
        })(),
      ),
    )
    const response = await client(app).get('/', accepting)
    const reader = response.body!.getReader()
    for (let taken = 0; taken < 20; taken++) await reader.read()
    expect(made).toBeLessThan(60)
    await reader.cancel()
    await expect.poll(() => returned).toBe(true)
  })
})

interface WithSession {
  session: session.Session & { visits?: number }
}

const sessions = (options: Partial<session.SessionOptions> = {}) =>
  connect<WithSession>(
    session({ secret: 'a secret for the test', resave: false, saveUninitialized: false, ...options }),
  )

describe('express-session', () => {
  const counting = (web: Middleware<{ connect: { req: WithSession } }>) =>
    web(({ connect: { req } }) => {
      req.session.visits = (req.session.visits ?? 0) + 1
      return text(`Visit ${req.session.visits}`)
    })

  it('keeps a session across the requests of a visitor', async () => {
    const visitor = client(counting(sessions()))
    const other = client(counting(sessions()))
    expect(await (await visitor.get('/')).text()).toBe('Visit 1')
    expect(await (await visitor.get('/')).text()).toBe('Visit 2')
    expect(await (await other.get('/')).text()).toBe('Visit 1')
  })

  it('sets its cookie over HTTP, and a secure one only over HTTPS', async () => {
    await serving(counting(sessions()), async (url) => {
      const first = await fetch(url)
      const [cookie] = first.headers.getSetCookie()
      expect(cookie).toMatch(/^connect\.sid=s%3A[^;]+; Path=\/; HttpOnly$/)
      const again = await fetch(url, { headers: { cookie: cookie!.split(';')[0]! } })
      expect(await again.text()).toBe('Visit 2')
    })
    const secure = counting(sessions({ cookie: { secure: true } }))
    const cookies = async (baseUrl: string) =>
      (await client(secure, { baseUrl }).get('/')).headers.getSetCookie().length
    expect(await cookies('http://localhost')).toBe(0)
    expect(await cookies('https://localhost')).toBe(1)
  })

  it('stores the session before the response ends', async () => {
    const store = new session.MemoryStore()
    const web = sessions({ store })
    const app = web(({ connect: { req } }) => {
      req.session.visits = 7
      return redirect('/elsewhere')
    })
    const response = await client(app).get('/')
    expect(response.status).toBe(302)
    await response.text()
    const all = await new Promise((resolve) => store.all?.((_, sessions) => resolve(sessions)))
    expect(Object.values(all as object)).toMatchObject([{ visits: 7 }])
  })

  it('reports a store that fails', async () => {
    const store = new session.MemoryStore()
    store.set = (_id, _session, done) => done?.(new Error('disk full'))
    const web = client(counting(sessions({ store })), quiet)
    await (await web.get('/')).text()
    await expect.poll(() => web.errors).toMatchObject([{ message: 'disk full' }])
  })
})

describe('passport', () => {
  interface WithUser {
    user?: { name: string }
    isAuthenticated(): boolean
    logOut(done: (error?: unknown) => void): void
  }

  const auth = new passport.Passport()
  auth.use(
    new LocalStrategy((username, password, done) =>
      done(null, password === 'open sesame' ? { name: username } : false),
    ),
  )
  auth.serializeUser((user, done) => done(null, (user as { name: string }).name))
  auth.deserializeUser((name: string, done) => done(null, { name }))

  const signIn = stack(
    connect(express.urlencoded({ extended: false })),
    connect(auth.authenticate('local', { successRedirect: '/', failureRedirect: '/sign-in' })),
  )
  const strict = stack(connect(express.urlencoded({ extended: false })), connect(auth.authenticate('local')))
  const web = stack(sessions(), connect<WithUser>(auth.initialize()), connect(auth.session()))
  const home: Application<ProvidesOf<typeof web>> = ({ connect: { req } }) =>
    text(req.isAuthenticated() ? `Hello ${req.user!.name}` : 'Who are you?')
  const site = web(
    mount(
      '/sign-in',
      signIn(() => text('the form')),
    )(
      mount(
        '/strict',
        strict(() => text('in')),
      )(home),
    ),
  )
  const credentials = (password: string) => ({ form: { username: 'ada', password } })

  it('signs a visitor in for later requests', async () => {
    const visitor = client(site)
    expect(await (await visitor.get('/')).text()).toBe('Who are you?')
    const response = await visitor.post('/sign-in', credentials('open sesame'))
    expect([response.status, response.headers.get('location')]).toEqual([302, '/'])
    expect(await (await visitor.get('/')).text()).toBe('Hello ada')
    expect(await (await client(site).get('/')).text()).toBe('Who are you?')
  })

  it('rejects other visitors with a redirect or a 401', async () => {
    const refused = await client(site).post('/sign-in', credentials('wrong'))
    expect([refused.status, refused.headers.get('location')]).toEqual([302, '/sign-in'])
    const response = await client(site).post('/strict', credentials('wrong'))
    expect([response.status, await response.text()]).toEqual([401, 'Unauthorized'])
    expect(await (await client(site).post('/strict', credentials('open sesame'))).text()).toBe('in')
  })

  it('works over HTTP', async () => {
    await serving(site, async (url) => {
      const body = new URLSearchParams({ username: 'ada', password: 'open sesame' })
      const response = await fetch(`${url}/sign-in`, { method: 'POST', body, redirect: 'manual' })
      const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!
      expect(await (await fetch(url, { headers: { cookie } })).text()).toBe('Hello ada')
    })
  })
})

describe('an Express application', () => {
  it('fails like other middleware, and reports errors after its response', async () => {
    const inner = express()
    inner.get('/late', (_req, res, next) => {
      next()
      res.end('mine')
    })
    inner.get('/refused', (_req, _res, next) => {
      next(Object.assign(new Error('not you'), { status: 403, expose: true }))
    })
    const app = connect(inner)(async () => {
      throw new Error('broken')
    })
    const web = client(app, quiet)
    expect(await (await web.get('/late')).text()).toBe('mine')
    await expect.poll(() => web.errors).toMatchObject([{ message: 'broken' }])
    expect((await web.get('/refused')).status).toBe(403)
  })

  it('is middleware with the members of its own request and response', async () => {
    const inner = express()
    inner.use((_req, res, next) => {
      res.locals.seen = true
      res.append('X-Express', '1')
      next()
    })
    inner.get('/users/:id', (req, res) => {
      res.status(201).json({ id: req.params.id, query: req.query, ip: req.ip, seen: res.locals.seen })
    })
    inner.get('/away', (_req, res) => res.redirect('/users/1'))
    const app = connect(inner)(() => text('from inside'))
    const web = client(app)
    const user = await web.get('/users/7?a=b')
    expect([user.status, await user.json()]).toEqual([
      201,
      { id: '7', query: { a: 'b' }, ip: '127.0.0.1', seen: true },
    ])
    const other = await web.get('/other')
    expect([other.headers.get('x-express'), await other.text()]).toEqual(['1', 'from inside'])
    expect((await web.get('/away')).headers.get('location')).toBe('/users/1')
    await serving(app, async (url) => expect((await fetch(`${url}/users/8`)).status).toBe(201))
  })
})

describe('express-rate-limit', () => {
  const limited = () =>
    connect(rateLimit({ limit: 2, standardHeaders: 'draft-8', legacyHeaders: false }))(hello)

  it('counts each client address separately, without a validation error', async () => {
    const logged = vi.spyOn(console, 'error')
    const app = limited()
    const headers = { 'x-forwarded-for': '192.0.2.9' }
    const [ada, bob] = ['192.0.2.1', '2001:db8::1'].map((remoteAddress) => client(app, { remoteAddress }))
    const statuses = async (web = ada!) => {
      const found = []
      for (let visit = 0; visit < 3; visit++) found.push((await web.get('/', { headers })).status)
      return found
    }
    expect(await statuses(ada)).toEqual([200, 200, 429])
    expect(await statuses(bob)).toEqual([200, 200, 429])
    expect(logged).not.toHaveBeenCalled()
    logged.mockRestore()
  })

  it('responds with its own message and headers', async () => {
    const web = client(limited())
    expect((await web.get('/')).headers.get('ratelimit')).toMatch(/r=1; t=\d+$/)
    await web.get('/')
    const response = await web.get('/')
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      429,
      'text/html; charset=utf-8',
      'Too many requests, please try again later.',
    ])
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
  })

  it('works over HTTP', async () => {
    await serving(limited(), async (url, errors) => {
      const statuses = []
      for (let visit = 0; visit < 3; visit++) statuses.push((await fetch(url)).status)
      expect([statuses, errors]).toEqual([[200, 200, 429], []])
    })
  })
})

describe('express-basic-auth', () => {
  it('accepts the right password and sends a challenge otherwise', async () => {
    const guard = basicAuth({
      users: { ada: 'open sesame' },
      challenge: true,
      unauthorizedResponse: { no: 1 },
    })
    const web = client(connect(guard as ConnectMiddleware)(hello))
    const authorization = `Basic ${Buffer.from('ada:open sesame').toString('base64')}`
    expect(await (await web.get('/', { headers: { authorization } })).text()).toBe('Hello')
    const refused = await web.get('/')
    expect([refused.status, refused.headers.get('www-authenticate'), await refused.json()]).toEqual([
      401,
      'Basic',
      { no: 1 },
    ])
  })
})

describe('connect-timeout', () => {
  it('responds with 503 when the application takes too long', async () => {
    const web = client(
      connect(timeout(20))(() => new Promise(() => {})),
      quiet,
    )
    expect((await web.get('/')).status).toBe(503)
    expect(web.errors).toMatchObject([{ status: 503, cause: { code: 'ETIMEDOUT' } }])
  })

  it('does not affect fast responses', async () => {
    expect(await (await client(connect(timeout('10s'))(hello)).get('/')).text()).toBe('Hello')
  })
})

describe('cookie-parser', () => {
  it('parses cookies', async () => {
    const parsed = connect<{ cookies: Record<string, string> }>(cookieParser())
    const web = client(parsed(({ connect }) => text(connect.req.cookies.a ?? '')))
    expect(await (await web.get('/', { headers: { cookie: 'a=b%20c' } })).text()).toBe('b c')
  })
})

describe('express.json', () => {
  const parsed = connect<{ body?: unknown }>(express.json())
  const web = client(
    parsed(({ connect }) => json(connect.req.body ?? null)),
    quiet,
  )
  const headers = { 'content-type': 'application/json' }

  it('parses a body, with and without Content-Length', async () => {
    expect(await (await web.post('/', { body: '{"a":1}', headers })).json()).toEqual({ a: 1 })
    const measured = { ...headers, 'content-length': '7' }
    expect(await (await web.post('/', { body: '{"a":1}', headers: measured })).json()).toEqual({ a: 1 })
  })

  it('ignores the body of a GET request, which a Request cannot have', async () => {
    await serving(
      parsed(({ connect }) => json(connect.req.body ?? null)),
      async (url) => {
        const sent = request(url, { headers: { ...headers, 'content-length': '7' } })
        sent.end('{"a":1}')
        const [response] = await once(sent, 'response')
        expect([response.statusCode, await readText(response)]).toEqual([200, 'null'])
      },
    )
  })

  it('responds with its own errors', async () => {
    expect((await web.post('/', { body: '{', headers })).status).toBe(400)
    const large = JSON.stringify('x'.repeat(200_000))
    expect((await web.post('/', { body: large, headers })).status).toBe(413)
  })
})

describe('serve-static', () => {
  it('sends files, ranges and 304, and calls the application for missing files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsgi-connect-'))
    try {
      writeFileSync(join(folder, 'a.txt'), 'x'.repeat(100_000))
      const web = client(connect(serveStatic(folder))(hello))
      const whole = await web.get('/a.txt')
      expect([whole.status, (await whole.text()).length]).toEqual([200, 100_000])
      const part = await web.get('/a.txt', { headers: { range: 'bytes=0-9' } })
      expect([part.status, await part.text()]).toEqual([206, 'x'.repeat(10)])
      const etag = whole.headers.get('etag')!
      expect((await web.get('/a.txt', { headers: { 'if-none-match': etag } })).status).toBe(304)
      expect(await (await web.get('/..%2f..%2fetc/passwd')).text()).toBe('Hello')
      expect(await (await web.get('/missing')).text()).toBe('Hello')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

it('works all together in one stack, over HTTP', async () => {
  const lines: string[] = []
  const web = stack(
    connect(morgan('tiny', { stream: { write: (line) => lines.push(line) } })),
    connect(helmet()),
    connect(compression({ threshold: 0 })),
    sessions({ saveUninitialized: true }),
  )
  const app = web(({ connect }) => text(`session ${connect.req.session.id}`))
  await serving(app, async (url) => {
    for (let visit = 0; visit < 20; visit++) {
      const response = await fetch(url)
      expect(response.headers.get('content-encoding')).toMatch(/br|gzip/)
      expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN')
      expect(response.headers.getSetCookie()).toHaveLength(1)
      expect(await response.text()).toMatch(/^session .{32}$/)
    }
  })
  expect(lines).toHaveLength(20)
})
