import * as whatwgNode from '@whatwg-node/fetch'
import { Hono } from 'hono'
import * as undici from 'undici'
import { describe, expect, it } from 'vitest'
import { plainParts } from '../gateway.ts'
import {
  type Application,
  type Environ,
  empty,
  extend,
  fromFetch,
  HttpError,
  json,
  type Middleware,
  mount,
  setRoute,
  stack,
  stream,
  text,
  toFetch,
  withHeaders,
  withPath,
} from '../index.ts'
import { client, testEnviron } from '../testing.ts'

const tick = () => new Promise((resolve) => setImmediate(resolve))
const request = (path: string, init?: RequestInit) => new Request(`http://localhost${path}`, init)
const silent = { errors: { write() {} } }

/** An endless stream and a record of its steps. */
function endless() {
  const steps: string[] = []
  async function* count() {
    try {
      for (let n = 0; ; n++) yield `${n} `
    } finally {
      steps.push('finally')
    }
  }
  return { steps, count }
}

describe('Hono as an application', () => {
  interface Extra {
    readonly user: string
  }
  const user: Middleware<Extra> = (app) => (environ) => app(extend(environ, { user: 'Ada' }))
  const stamped: Middleware = (app) => async (environ) => withHeaders(await app(environ), { 'x-stamp': '1' })
  const { count, steps } = endless()
  const waited: string[] = []

  const hono = new Hono<{ Bindings: Environ & Extra }>()
    .get('/env', (c) => c.json({ user: c.env.user, pathInfo: c.env.pathInfo, address: c.env.remoteAddress }))
    .get('/hello/:name', (c) => c.text(`${c.req.param('name')} ${c.req.query('q')}`))
    .post('/echo', async (c) => c.json([await c.req.json(), c.req.header('x-a')]))
    .get('/cookies', () => {
      const headers = new Headers([
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ])
      return new Response(null, { status: 204, headers })
    })
    .get('/stream', () => stream(count()))
    .get('/wait', (c) => {
      c.executionCtx.waitUntil(tick().then(() => waited.push('waited')))
      return c.text('')
    })
    .get('/redirect', (c) => c.redirect('/hello/x'))
    .get('/throw', () => {
      throw new HttpError(409, 'Clash')
    })
    .onError((error) => {
      throw error
    })
  const inside = fromFetch<Extra>(hono.fetch)
  const web = client(stack(stamped, user, mount('/inner', inside))(inside))

  it.each(['', '/inner'])(
    'sees the path, the query and the environ inside middleware under %j',
    async (prefix) => {
      const response = await web.get(`${prefix}/hello/a%20b?q=%C3%BC`)
      expect(await response.text()).toBe('a b ü')
      expect(response.headers.get('x-stamp')).toBe('1')
      expect(await (await web.get(`${prefix}/env`)).json()).toEqual({
        user: 'Ada',
        pathInfo: '/env',
        address: '127.0.0.1',
      })
    },
  )

  it.each(['', '/inner'])('reads the body under %j', async (prefix) => {
    const response = await web.post(`${prefix}/echo`, { json: { a: 1 }, headers: { 'x-a': '2' } })
    expect(await response.json()).toEqual([{ a: 1 }, '2'])
  })

  it('sends every cookie', async () => {
    expect((await web.get('/inner/cookies')).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('responds to HEAD, and sends its own 404', async () => {
    const head = await web.head('/inner/hello/x?q=1')
    expect([head.status, head.body]).toEqual([200, null])
    expect((await web.get('/inner/nothing')).status).toBe(404)
  })

  it('streams, and is cancelled when its client disconnects', async () => {
    const reader = (await web.get('/inner/stream')).body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(steps).toEqual(['finally'])
  })

  it('can use waitUntil', async () => {
    await web.get('/inner/wait')
    await tick()
    await tick()
    expect(waited).toEqual(['waited'])
  })

  it('can throw an HttpError', async () => {
    const response = await web.get('/inner/throw')
    expect([response.status, (await response.json()).detail]).toEqual([409, 'Clash'])
  })
})

describe('fromFetch', () => {
  const url = fromFetch((request) => text(request.url))
  const rewritten = (pathInfo: string): Application =>
    mount('/old', (environ) => url(Object.assign(Object.create(environ), { scriptName: '', pathInfo })))(url)

  it('passes the same request if no mount changed the path', async () => {
    let same = false
    const app: Application = (environ) =>
      fromFetch((request) => {
        same = request === environ.request
        return text('')
      })(environ)
    await client(app).get('/a?b')
    expect(same).toBe(true)
  })

  it.each([
    ['/a', 'http://localhost/'],
    ['/a/', 'http://localhost/'],
    ['/a//b', 'http://localhost//b'],
    ['/a/b%2Fc?d=e', 'http://localhost/b%2Fc?d=e'],
  ])('under a mount of /a passes %s as %s', async (path, expected) => {
    expect(await (await client(mount('/a', url)(url)).get(path)).text()).toBe(expected)
  })

  it('passes the path that a middleware replaced', async () => {
    expect(await (await client(rewritten('/new')).get('/old?x')).text()).toBe('http://localhost/new?x')
  })

  it('streams a body through a mount, with the signal', async () => {
    const controller = new AbortController()
    const app = mount(
      '/a',
      fromFetch(async (request) => {
        const body = await request.text()
        controller.abort()
        return json([request.method, body, request.signal.aborted])
      }),
    )(url)
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('Hello'))
        controller.close()
      },
    })
    const fetch = toFetch(app)
    const response = await fetch(
      request('/a', { method: 'POST', body, signal: controller.signal, duplex: 'half' } as RequestInit),
    )
    expect(await response.json()).toEqual(['POST', 'Hello', true])
  })

  it('passes a context that works like that of Workers', async () => {
    const app = fromFetch((_, __, context) => {
      context.passThroughOnException()
      context.waitUntil(Promise.resolve())
      return json(context.props)
    })
    expect(await (await client(app).get('/')).json()).toEqual({})
  })

  it('passes on the context of the runtime, with all its members', async () => {
    const own = { waitUntil() {}, passThroughOnException() {}, props: { plan: 'free' }, exports: {} }
    let seen: unknown
    const app = fromFetch((_, __, context) => {
      seen = context
      return text('')
    })
    await toFetch(app)(request('/'), { KEY: 'value' }, own)
    expect(seen).toBe(own)
  })

  it.each<['rest' | 'whole', string, string]>([
    ['whole', '/a', 'http://localhost/a'],
    ['whole', '/a/b%2Fc?d=e', 'http://localhost/a/b%2Fc?d=e'],
    ['whole', '/%61/%62', 'http://localhost/%61/%62'],
    ['rest', '/%61/%62', 'http://localhost/b'],
    ['rest', '/a/b?c', 'http://localhost/b?c'],
  ])('with path %s passes %s as %s', async (path, target, expected) => {
    const app = fromFetch((request) => text(request.url), { path })
    expect(await (await client(mount('/a', app)(url)).get(target)).text()).toBe(expected)
  })

  it('passes the whole path of nested mounts, and of a mount that a middleware moved', async () => {
    const whole = fromFetch((request) => text(request.url), { path: 'whole' })
    const nested = mount('/a', mount('/b', whole)(url))(url)
    expect(await (await client(nested).get('/a/b/c')).text()).toBe('http://localhost/a/b/c')
    const moved: Application = (environ) => whole(withPath(environ, { scriptName: '/x', pathInfo: '/y' }))
    expect(await (await client(moved).get('/a')).text()).toBe('http://localhost/x/y')
  })

  it('removes hop-by-hop fields and those that Connection names, without reporting them', async () => {
    const fields = {
      connection: 'keep-alive, X-Hop',
      'keep-alive': 'timeout=5',
      'transfer-encoding': 'chunked',
      'x-hop': '1',
      'x-end': '2',
    }
    for (const make of [
      () => new Response('Hello', { headers: fields }),
      () => text('Hello', { headers: fields }),
    ]) {
      const web = client(fromFetch(make))
      const response = await web.get('/')
      expect([...response.headers.keys()]).toEqual(['content-type', 'x-end'])
      expect(await response.text()).toBe('Hello')
      expect(web.errors).toEqual([])
    }
  })

  it.each([
    [204, { 'content-length': '0', 'content-type': 'text/plain', 'x-a': '1' }, ['x-a']],
    [205, { 'content-length': '0', 'content-type': 'text/plain', 'x-a': '1' }, ['content-length', 'x-a']],
    [304, { 'content-type': 'text/plain', etag: '"1"', connection: 'x-a', 'x-a': '1' }, ['etag']],
    [200, { 'content-length': '0', 'content-type': 'text/plain' }, ['content-length', 'content-type']],
  ])('removes the fields that a response of status %i cannot have', async (status, headers, kept) => {
    for (const make of [
      () => new Response(null, { status, headers }),
      () => empty(status, { headers }),
      () => new undici.Response(null, { status, headers }) as unknown as Response,
    ]) {
      const web = client(fromFetch(make))
      const response = await web.get('/')
      expect([response.status, [...response.headers.keys()]]).toEqual([status, kept])
      expect(web.errors).toEqual([])
    }
  })

  it('returns a response without such fields unchanged', () => {
    const native = new Response('x')
    const light = text('x')
    expect(fromFetch(() => native)(testEnviron('/'))).toBe(native)
    expect(fromFetch(() => light)(testEnviron('/'))).toBe(light)
    expect(plainParts(light)?.body).toBe('x')
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['"Hello"', 'Hello'],
    ['an instance of Object', { status: 200 }],
    ['an instance of Map', new Map([['status', 200]])],
  ])('reports the request if the handler returns %s', async (described, wrong) => {
    const routed: Middleware = (app) => (environ) => {
      setRoute(environ, '/users/:id')
      return app(environ)
    }
    for (const handler of [() => wrong, async () => wrong]) {
      const web = client(stack(routed)(fromFetch(handler as never)), silent)
      expect((await web.get('/users/7')).status).toBe(500)
      expect(web.errors).toEqual([
        new TypeError(`GET /users/7 (/users/:id): the fetch handler returned ${described}, not a Response`),
      ])
    }
  })

  it('rejects a handler that is not a function, and unknown options', () => {
    expect(() => fromFetch({} as never)).toThrow(
      new TypeError('fromFetch: handler must be a function, got an instance of Object'),
    )
    const handler = () => text('')
    expect(() => fromFetch(handler, { path: 'all' as never })).toThrow(
      new TypeError("fromFetch: path must be 'rest' or 'whole', got \"all\""),
    )
    expect(() => fromFetch(handler, { paths: 'whole' } as never)).toThrow(
      new TypeError("fromFetch: unknown option 'paths', did you mean 'path'?"),
    )
  })
})

describe.each([
  ['undici', undici.Response, undici.Headers],
  ['@whatwg-node/fetch', whatwgNode.Response, whatwgNode.Headers],
])('a response of %s', (_, ForeignResponse, ForeignHeaders) => {
  const foreign = (body: unknown, init: object = {}) =>
    new ForeignResponse(body as never, init as never) as unknown as Response
  const web = (make: () => Response | Promise<Response>) => client(fromFetch(make))

  it('is not an instance of Response', () => {
    expect(foreign('x')).not.toBeInstanceOf(Response)
  })

  it('keeps its status, its fields and its body', async () => {
    const headers = new ForeignHeaders({ 'content-type': 'text/plain', 'x-a': '1', connection: 'close' })
    headers.append('set-cookie', 'a=1; Path=/')
    headers.append('set-cookie', 'b=2; Path=/')
    const response = await web(async () =>
      foreign('grüße', { status: 201, statusText: 'Made', headers }),
    ).get('/')
    expect([response.status, response.statusText, response.headers.get('x-a')]).toEqual([201, 'Made', '1'])
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/'])
    expect(response.headers.has('connection')).toBe(false)
    expect(await response.text()).toBe('grüße')
  })

  it('may have no body', async () => {
    const response = await web(() => foreign(null, { status: 204 })).get('/')
    expect([response.status, response.body]).toEqual([204, null])
  })

  it('streams, and is cancelled when its client disconnects', async () => {
    const steps: string[] = []
    const source = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('tick ')),
      cancel: () => void steps.push('cancelled'),
    })
    const reader = (await web(() => foreign(source)).get('/')).body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toMatch(/^(?:tick )+$/)
    await reader.cancel()
    expect(steps).toEqual(['cancelled'])
  })
})

it('reports a response of another class whose body was read', async () => {
  const visitor = client(
    fromFetch(async () => {
      const response = new undici.Response('x')
      await response.text()
      return response
    }),
    silent,
  )
  expect((await visitor.get('/read')).status).toBe(500)
  expect(String(visitor.errors[0])).toBe(
    'TypeError: GET /read: the fetch handler returned a response whose body was read',
  )
})
