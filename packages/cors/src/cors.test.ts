import {
  type Application,
  empty,
  HttpError,
  json,
  type Middleware,
  mount,
  type Stack,
  stack,
  stream,
  text,
  toFetch,
} from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type CorsOptions, cors } from './index.ts'

const own = 'https://app.example.com'
const foreign = 'https://evil.example'
const app: Application = () => text('reached', { headers: { vary: 'Accept-Encoding' } })
const web = (options: CorsOptions, inner = app) => client(cors(options)(inner), { errors: { write() {} } })

/** The fields that this package decides about. */
function fields({ headers }: Response): Record<string, string> {
  const decided = [...headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary')
  return Object.fromEntries(decided.map(([name, value]) => [name.replace('access-control-', ''), value]))
}

function preflight(options: CorsOptions, headers: Record<string, string> = {}, inner = app) {
  return web(options, inner).options('/', {
    headers: { origin: own, 'access-control-request-method': 'PUT', ...headers },
  })
}

async function isAllowed(options: CorsOptions, origin: string): Promise<boolean> {
  const response = await web(options).get('/', { headers: { origin } })
  const allowed = response.headers.get('access-control-allow-origin')
  expect([null, origin]).toContain(allowed)
  return allowed !== null
}

describe('a response', () => {
  it('can be read by an allowed origin, and says that it depends on the origin', async () => {
    const response = await web({ origin: own }).get('/', { headers: { origin: own } })
    expect(await response.text()).toBe('reached')
    expect(fields(response)).toEqual({ 'allow-origin': own, vary: 'Accept-Encoding, Origin' })
  })

  it('has no field but Vary for a foreign origin and without Origin, and the application runs', async () => {
    for (const headers of [{ origin: foreign }, {}] as Record<string, string>[]) {
      for (const origin of [own, [own, 'https://b.example'], (each: string) => each === own]) {
        const response = await web({ origin, credentials: true, expose: ['ETag'] }).get('/', { headers })
        expect(await response.text()).toBe('reached')
        expect(fields(response)).toEqual({ vary: 'Accept-Encoding, Origin' })
      }
    }
  })

  it('can be read by every origin with *, which adds no Vary', async () => {
    for (const headers of [{ origin: foreign }, {}] as Record<string, string>[]) {
      const response = await web({ origin: '*' }).get('/', { headers })
      expect(fields(response)).toEqual({ 'allow-origin': '*', vary: 'Accept-Encoding' })
    }
  })

  it('allows credentials and exposes fields if asked to', async () => {
    const options = { origin: own, credentials: true, expose: ['ETag', 'X-Total-Count'] }
    const response = await web(options).get('/', { headers: { origin: own } })
    expect(fields(response)).toEqual({
      'allow-origin': own,
      'allow-credentials': 'true',
      'expose-headers': 'ETag, X-Total-Count',
      vary: 'Accept-Encoding, Origin',
    })
  })

  it.each([
    ['Origin', 'Origin'],
    ['origin, Accept', 'origin, Accept'],
    ['*', '*'],
    ['Accept', 'Accept, Origin'],
  ])('keeps the Vary %s of the application', async (vary, expected) => {
    const response = await web({ origin: own }, () => text('', { headers: { vary } })).get('/')
    expect(response.headers.get('vary')).toBe(expected)
  })

  it.each<[number, Application]>([
    [
      500,
      () => {
        throw new Error('broken')
      },
    ],
    [
      500,
      async () => {
        await null
        throw new Error('broken later')
      },
    ],
    [
      404,
      () => {
        throw new HttpError(404)
      },
    ],
    [422, () => json({ errors: [] }, { status: 422 })],
    [304, () => empty(304, { headers: { etag: '"1"' } })],
    [302, () => Response.redirect('http://localhost/next')],
    [200, () => stream(['a', 'b'])],
  ])('of status %i has the fields, too', async (status, inner) => {
    for (const composed of [cors({ origin: own })(inner), stack(cors({ origin: own }))(inner)]) {
      const browser = client(composed, { errors: { write() {} } })
      const response = await browser.get('/', { headers: { origin: own } })
      expect(response.status).toBe(status)
      expect(response.headers.get('access-control-allow-origin')).toBe(own)
      expect(browser.errors).toHaveLength(status === 500 ? 1 : 0)
    }
  })

  it('has the fields on a real server and behind toFetch, on 500, 404 and 413', async () => {
    const inner = router({
      '/broken': () => {
        throw new Error('the password is hunter2')
      },
      '/upload': () => {
        throw new HttpError(413)
      },
    })
    const errors: unknown[] = []
    const log = { write: (problem: unknown) => void errors.push(problem) }
    const composed = stack(cors({ origin: own }))(inner)
    await using server = await serve(composed, { listen: 'http://127.0.0.1:0', errors: log })
    const fetched = toFetch(composed, { errors: log })
    for (const send of [fetch, (url: string, init: RequestInit) => fetched(new Request(url, init))]) {
      for (const [path, status] of [
        ['/broken', 500],
        ['/nowhere', 404],
        ['/upload', 413],
      ] as const) {
        const response = await send(server.addresses[0] + path, { headers: { origin: own } })
        expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([status, own])
        expect(await response.text()).not.toContain('hunter2')
      }
    }
    expect(errors.map(String)).toEqual(Array(2).fill('Error: the password is hunter2'))
  })

  it('has one value of each field, even if the application or its upstream sets them', async () => {
    const headers = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': 'GET',
      'Access-Control-Allow-Private-Network': 'true',
      'Access-Control-Expose-Headers': 'X-Own',
    }
    const inner: Application = () => text('', { headers })
    const response = await web({ origin: own }, inner).get('/', { headers: { origin: own } })
    expect(fields(response)).toEqual({ 'allow-origin': own, 'expose-headers': 'X-Own', vary: 'Origin' })
    const refused = await web({ origin: own }, inner).get('/', { headers: { origin: foreign } })
    expect(fields(refused)).toEqual({ vary: 'Origin' })
    const exposing = await web({ origin: '*', expose: ['ETag'] }, inner).get('/')
    expect(fields(exposing)).toEqual({ 'allow-origin': '*', 'expose-headers': 'ETag' })
  })

  it('keeps every Set-Cookie', async () => {
    const inner: Application = () =>
      new Response('', {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      })
    const response = await web({ origin: own }, inner).get('/')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('is not a promise if the application and the check are synchronous', () => {
    expect(cors({ origin: own })(app)(testEnviron('/', { headers: { origin: own } }))).toBeInstanceOf(
      Response,
    )
    expect(cors({ origin: () => true })(app)(testEnviron('/'))).toBeInstanceOf(Response)
  })
})

describe('a preflight', () => {
  it('is answered with 204, without a body and without calling the application', async () => {
    const unreachable: Application = () => expect.unreachable()
    const response = await preflight({ origin: own }, {}, unreachable)
    expect([response.status, response.body]).toEqual([204, null])
    expect(response.headers.get('content-type')).toBeNull()
    expect(fields(response)).toEqual({
      'allow-origin': own,
      'allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'max-age': '600',
      vary: 'Origin, Access-Control-Request-Headers',
    })
  })

  it('allows the request headers that it names', async () => {
    const requested = 'content-type,x-csrf, authorization'
    const response = await preflight({ origin: own }, { 'access-control-request-headers': requested })
    expect(fields(response)).toMatchObject({
      'allow-headers': requested,
      vary: 'Origin, Access-Control-Request-Headers',
    })
  })

  it.each([
    ['x-a, b c, x-d', 'x-a, x-d'],
    ['x-a;x-b', undefined],
    ['', undefined],
    ['x-a,,x-b', 'x-a, x-b'],
    [
      Array.from({ length: 100 }, (_, n) => `x-${n}`).join(),
      Array.from({ length: 64 }, (_, n) => `x-${n}`).join(', '),
    ],
  ])('never allows more than 64 names, or what is not a name: %s', async (requested, expected) => {
    const response = await preflight({ origin: own }, { 'access-control-request-headers': requested })
    expect(fields(response)['allow-headers']).toBe(expected)
  })

  it('gets the fields of all options', async () => {
    const options: CorsOptions = {
      origin: [own, foreign],
      credentials: true,
      methods: ['GET', 'PURGE'],
      headers: ['X-A', 'X-B'],
      maxAge: '1h',
    }
    const response = await preflight(options, { 'access-control-request-headers': 'x-c' })
    expect(fields(response)).toEqual({
      'allow-origin': own,
      'allow-credentials': 'true',
      'allow-methods': 'GET, PURGE',
      'allow-headers': 'X-A, X-B',
      'max-age': '3600',
      vary: 'Origin',
    })
    expect(fields(await preflight({ origin: '*', headers: [], maxAge: 0 }))).toEqual({
      'allow-origin': '*',
      'allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'max-age': '0',
    })
  })

  it('names Authorization beside *, which does not include it', async () => {
    const options: CorsOptions = { origin: '*', headers: ['*'], methods: ['*'] }
    const asked = await preflight(options, { 'access-control-request-headers': 'authorization,x-a' })
    expect(fields(asked)).toMatchObject({
      'allow-headers': '*, Authorization',
      'allow-methods': '*',
      vary: 'Access-Control-Request-Headers',
    })
    expect(
      fields(await preflight(options, { 'access-control-request-headers': 'x-a' }))['allow-headers'],
    ).toBe('*')
  })

  it('of a foreign origin is rejected with 403, without any Access-Control field', async () => {
    const unreachable: Application = () => expect.unreachable()
    for (const origin of [foreign, 'null']) {
      const response = await preflight({ origin: own, credentials: true }, { origin }, unreachable)
      expect(response.status).toBe(403)
      expect(fields(response)).toEqual({ vary: 'Accept, Origin' })
      expect(await response.json()).toMatchObject({
        detail: 'This origin is not allowed to send the request.',
      })
    }
  })

  it('passes a guard inside, for every path', async () => {
    const guard: Middleware = () => () => {
      throw new HttpError(401, undefined, { headers: { 'www-authenticate': 'Basic' } })
    }
    const api = stack(cors({ origin: own }), guard)(() => text('secret'))
    const site = client(mount('/api', api)(() => empty(404)))
    const headers = { origin: own, 'access-control-request-method': 'GET' }
    for (const path of ['/api', '/api/', '/api/users/7']) {
      expect((await site.options(path, { headers })).status).toBe(204)
      const response = await site.get(path, { headers: { origin: own } })
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([401, own])
    }
  })

  it('is answered for routes without OPTIONS and for unknown paths', async () => {
    const routes = cors({ origin: own })(
      router({ '/': { GET: () => text('') }, '/only-post': { POST: app } }),
    )
    const headers = { origin: own, 'access-control-request-method': 'GET' }
    for (const path of ['/', '/only-post', '/nowhere']) {
      expect((await client(routes).options(path, { headers })).status).toBe(204)
    }
  })

  it('is only OPTIONS with Origin and Access-Control-Request-Method; the application answers others', async () => {
    const routes = cors({ origin: own })(router({ '/': { GET: () => text('') } }))
    for (const headers of [
      { origin: own },
      { 'access-control-request-method': 'GET' },
      { origin: own, 'access-control-request-method': '' },
    ] as Record<string, string>[]) {
      const response = await client(routes).options('/', { headers })
      expect(response.status).toBe(204)
      expect(response.headers.get('allow')).toContain('GET')
      expect(response.headers.get('access-control-allow-methods')).toBeNull()
      expect(response.headers.get('access-control-allow-origin')).toBe(headers.origin ?? null)
    }
    const get = await web({ origin: own }).get('/', {
      headers: { origin: own, 'access-control-request-method': 'PUT' },
    })
    expect(await get.text()).toBe('reached')
  })
})

describe('the origin', () => {
  it.each([
    'https://app.example.com.evil.net',
    'https://evilapp.example.com',
    'https://appXexample.com',
    'https://app.example.com:8443',
    'http://app.example.com',
    'https://app.example.com/',
    'https://app.example.com, https://evil.example',
    'https://App.example.com',
    'https://app.example.co',
    'null',
    '',
  ])('is compared character by character: %s is foreign', async (origin) => {
    expect(await isAllowed({ origin: own }, origin)).toBe(false)
    expect(await isAllowed({ origin: [foreign, own] }, origin)).toBe(false)
  })

  it.each([
    ['https://a.example.com', true],
    ['https://a.b.example.com', true],
    ['https://a_b-1.example.com', true],
    ['https://xn--mller-kva.example.com', true],
    ['https://example.com', false],
    ['https://.example.com', false],
    ['https://a..example.com', false],
    ['https://evilexample.com', false],
    ['https://a.example.com.evil.net', false],
    ['https://a.exampleXcom', false],
    ['https://evil.net/.example.com', false],
    ['https://evil.net#.example.com', false],
    ['https://evil.net?.example.com', false],
    ['https://user@a.example.com', false],
    ['https://evil.net:443.example.com', false],
    ['http://a.example.com', false],
    ['https://a.example.com:8443', false],
  ])('can have a star for subdomains: %s', async (origin, expected) => {
    expect(await isAllowed({ origin: 'https://*.example.com' }, origin)).toBe(expected)
  })

  it('with a star keeps the port as written', async () => {
    const options = { origin: ['http://*.app.localhost:3000'] }
    expect(await isAllowed(options, 'http://a.app.localhost:3000')).toBe(true)
    expect(await isAllowed(options, 'http://a.app.localhost')).toBe(false)
    expect(await isAllowed(options, 'http://a.app.localhost:3001')).toBe(false)
  })

  it('can be that of an app, an extension or a sandboxed frame', async () => {
    const origin = ['capacitor://localhost', 'chrome-extension://abcdefgh', 'null']
    for (const each of origin) expect(await isAllowed({ origin }, each)).toBe(true)
    expect(await isAllowed({ origin }, 'capacitor://localhos')).toBe(false)
  })

  it('can be decided by a function, which may ask a database', async () => {
    const seen: string[] = []
    const origin: CorsOptions['origin'] = async (origin, { pathInfo }) => {
      seen.push(`${origin} ${pathInfo}`)
      return origin === own
    }
    expect(await isAllowed({ origin, credentials: true }, own)).toBe(true)
    expect(await isAllowed({ origin, credentials: true }, foreign)).toBe(false)
    expect(seen).toEqual([`${own} /`, `${foreign} /`])
    expect((await preflight({ origin })).status).toBe(204)
    expect((await preflight({ origin }, { origin: foreign })).status).toBe(403)
  })

  it('is not passed to the function if it is not one origin, or null with credentials', async () => {
    const origin = () => true
    expect(await isAllowed({ origin }, 'null')).toBe(true)
    expect(await isAllowed({ origin, credentials: true }, 'null')).toBe(false)
    for (const odd of ['https://a.com, https://b.com', 'https://a.com/x', 'a.com', '*', '']) {
      expect(await isAllowed({ origin }, odd)).toBe(false)
    }
  })

  it.each([
    ['returns something else', () => 'https://evil.example' as unknown as boolean],
    ['resolves to something else', async () => undefined as unknown as boolean],
    [
      'throws',
      () => {
        throw new Error('no database')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no database'))],
  ])('is not allowed if the function %s: the response is a 500', async (_, origin) => {
    const browser = client(stack(cors({ origin }))(app), { errors: { write() {} } })
    const response = await browser.get('/', { headers: { origin: foreign } })
    expect(response.status).toBe(500)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(browser.errors).toHaveLength(1)
  })

  it('is found among a thousand', async () => {
    const origin = Array.from({ length: 1000 }, (_, n) => `https://${n}.example.com`)
    expect(await isAllowed({ origin }, 'https://999.example.com')).toBe(true)
    expect(await isAllowed({ origin }, 'https://1000.example.com')).toBe(false)
  })
})

describe('two policies', () => {
  it('apply to their own mounts', async () => {
    const site = mount(
      '/public',
      cors({ origin: '*' })(app),
    )(mount('/private', cors({ origin: own })(app))(app))
    const allowed = async (path: string) =>
      (await client(site).get(path, { headers: { origin: foreign } })).headers.get(
        'access-control-allow-origin',
      )
    expect([await allowed('/public'), await allowed('/private'), await allowed('/')]).toEqual([
      '*',
      null,
      null,
    ])
  })

  it('that are nested by mistake let the outer one decide', async () => {
    const nested = client(cors({ origin: own })(cors({ origin: '*' })(app)))
    const response = await nested.get('/', { headers: { origin: own } })
    expect(fields(response)).toEqual({ 'allow-origin': own, vary: 'Accept-Encoding, Origin' })
  })
})

describe('the options', () => {
  it.each([
    [undefined, 'cors: options must be an object, got undefined'],
    [{}, 'cors: origin is missing'],
    [{ origin: undefined }, 'cors: origin is missing'],
    [{ origin: '*', credentials: true }, "cors: origin must not be '*' with credentials"],
    [
      { origin: 'https://a.com/' },
      "cors: origin must be an origin such as 'https://example.com', got \"https://a.com/\". Write 'https://a.com'",
    ],
    [{ origin: 'a.com' }, "Add the scheme: 'https://a.com'"],
    [{ origin: 'localhost:3000' }, "Add the scheme: 'https://localhost:3000'"],
    [{ origin: 'https://a.com/x' }, "Write 'https://a.com'"],
    [{ origin: 'https://A.com:443' }, "Write 'https://a.com'"],
    [{ origin: 'https://müller.example' }, "Write 'https://xn--mller-kva.example'"],
    [{ origin: '' }, 'got ""'],
    [{ origin: 'https://a.com,https://b.com' }, 'Pass several origins as a list'],
    [{ origin: [] }, 'cors: origin must not be an empty list'],
    [{ origin: [own, ''] }, 'cors: origin[1] must be an origin'],
    [{ origin: [own, '*'] }, "cors: origin[1] must not be '*' in a list. Write origin: '*'"],
    [{ origin: true }, 'got true'],
    [{ origin: /example/ }, 'cors: origin must not be a RegExp'],
    [{ origin: [/example/] }, 'cors: origin[0] must not be a RegExp'],
    [{ origin: ['null'], credentials: true }, "cors: origin[0] must not be 'null' with credentials"],
    [{ origin: 'https://*.com' }, 'a host with at least two more'],
    [{ origin: 'https://*' }, 'a host with at least two more'],
    [{ origin: 'https://a.*.example.com' }, 'the first label'],
    [{ origin: 'https://*.*.example.com' }, 'the first label'],
    [{ origin: 'https://*example.com' }, 'the first label'],
    [{ origin: '*.example.com' }, "as in 'https://*.example.com'"],
    [{ origin: 'https://*.example.com/' }, 'the first label'],
    [{ origin: 'https://*.0.0.1' }, 'the first label'],
    [{ origin: 'http://localhost:*' }, 'the first label'],
    [{ origin: own, credentials: 'true' }, 'cors: credentials must be true or false, got "true"'],
    [{ origin: own, methods: 'GET' }, 'cors: methods must be a list of names, got "GET"'],
    [{ origin: own, methods: ['GET, POST'] }, 'cors: methods must be a list of names, got "GET, POST" in it'],
    [{ origin: own, headers: ['a b'] }, 'cors: headers must be a list of names'],
    [{ origin: own, headers: [''] }, 'cors: headers must be a list of names'],
    [{ origin: own, expose: 'ETag' }, 'cors: expose must be a list of names'],
    [{ origin: own, headers: '' }, 'cors: headers must be a list of names, got ""'],
    [{ origin: own, expose: null }, 'cors: expose must be a list of names, got null'],
    [{ origin: own, expose: [1] }, 'cors: expose must be a list of names'],
    [{ origin: own, credentials: true, headers: ['*'] }, "cors: headers must not have '*' with credentials"],
    [{ origin: own, credentials: true, expose: ['*'] }, "cors: expose must not have '*' with credentials"],
    [{ origin: own, credentials: true, methods: ['*'] }, "cors: methods must not have '*' with credentials"],
    [{ origin: own, maxAge: -1 }, 'cors: maxAge must be a whole number of seconds'],
    [{ origin: own, maxAge: 1.5 }, 'cors: maxAge must be'],
    [{ origin: own, maxAge: Number.POSITIVE_INFINITY }, 'cors: maxAge must be'],
    [{ origin: own, maxAge: '500ms' }, 'cors: maxAge must be'],
    [{ origin: own, maxAge: '600' }, 'cors: maxAge must be'],
    [{ orgin: own }, "cors: unknown option 'orgin', did you mean 'origin'?"],
    [{ origin: own, allowHeaders: [] }, "cors: unknown option 'allowHeaders'"],
  ] as unknown as [CorsOptions, string][])(
    'are checked when the middleware is created: %j',
    (options, message) => {
      expect(() => cors(options)).toThrow(TypeError)
      expect(() => cors(options)).toThrow(message)
    },
  )
})

describe('the types', () => {
  it('say that it provides nothing and requires nothing, and that origin is needed', () => {
    expectTypeOf(cors({ origin: '*' })).toEqualTypeOf<Middleware>()
    expectTypeOf(stack(cors({ origin: '*' }))).toEqualTypeOf<Stack<object, object>>()
    // @ts-expect-error origin is missing
    expect(() => cors({})).toThrow()
    // @ts-expect-error a RegExp
    expect(() => cors({ origin: /a/ })).toThrow()
  })
})
