import { type Application, extend, HttpError, json, type Middleware, text, withHeaders } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it, vi } from 'vitest'
import { router } from './index.ts'

const show: Application<{ params: object }> = ({ params }) => json(params)
const stamped: Middleware = (app) => async (environ) => withHeaders(await app(environ), { 'x-stamp': '1' })

describe('router', () => {
  it('chooses an application by path and passes it the decoded params', async () => {
    const web = client(router({ '/': () => text('home'), '/users/:id': show, '/files/*path': show }))
    expect(await (await web.get('/')).text()).toBe('home')
    expect(await (await web.get('/users/a%20b%2Fc')).json()).toEqual({ id: 'a b/c' })
    expect(await (await web.get('/files/a/b%2Fc/')).json()).toEqual({ path: ['a', 'b/c', ''] })
  })

  it('ignores the query', async () => {
    expect(await (await client(router({ '/:a': show })).get('/x?a=y')).json()).toEqual({ a: 'x' })
  })

  it('distinguishes case and trailing slashes', async () => {
    const web = client(router({ '/users': () => text('users'), '/both{/}': () => text('both') }))
    expect((await web.get('/Users')).status).toBe(404)
    expect((await web.get('/users/')).status).toBe(404)
    expect((await web.get('/both')).status).toBe(200)
    expect((await web.get('/both/')).status).toBe(200)
  })

  it('matches paths as browsers encode them, whether or not the pattern is encoded', async () => {
    const web = client(
      router({
        '/café au lait': () => text('1'),
        '/na%C3%AFve/:x': show,
        '/\\{"\\}^`': () => text('2'),
        "/|$&,;=@~'": show,
      }),
    )
    expect(await (await web.get('/café au lait')).text()).toBe('1')
    expect(await (await web.get('/naïve/7')).json()).toEqual({ x: '7' })
    expect(await (await web.get('/{"}^`')).text()).toBe('2')
    expect((await web.get("/|$&,;=@~'")).status).toBe(200)
  })

  it.each(['/café', '/caf%C3%A9', '/caf%c3%a9', '/%63af%C3%a9'])(
    'matches the pattern %s however the request is percent-encoded',
    async (pattern) => {
      const web = client(router({ [pattern]: () => text('found') }))
      for (const path of ['/café', '/caf%C3%A9', '/caf%c3%a9', '/c%61f%c3%A9']) {
        expect((await web.get(path)).status, path).toBe(200)
      }
    },
  )

  it('prefers the text that an encoded request stands for', async () => {
    const web = client(router({ '/users/me': () => text('me'), '/users/:id': show, '/~:name': show }))
    expect(await (await web.get('/users/%6de')).text()).toBe('me')
    expect(await (await web.get('/%75sers/%6D%65')).text()).toBe('me')
    expect(await (await web.get('/users/%6dy')).json()).toEqual({ id: 'my' })
    expect(await (await web.get('/%7eada')).json()).toEqual({ name: 'ada' })
  })

  it('does not treat an encoded slash as the end of a segment', async () => {
    const web = client(router({ '/a/b': () => text('two segments'), '/:x': show }))
    for (const path of ['/a%2Fb', '/a%2fb']) expect(await (await web.get(path)).json()).toEqual({ x: 'a/b' })
  })

  it('tells patterns with common prefixes apart, in any order', async () => {
    const patterns = [
      '/team/:x',
      '/tea/:x',
      '/te/:x',
      '/test/:x',
      '/t/:x',
      '/team',
      '/tea/pot/:x',
      '/éa/:x',
      '/z/:x',
    ]
    for (const table of [patterns, patterns.toReversed(), patterns.toSorted()]) {
      const web = client(router(Object.fromEntries(table.map((pattern) => [pattern, () => text(pattern)]))))
      for (const pattern of patterns) {
        expect(await (await web.get(pattern.replace(':x', '7'))).text()).toBe(pattern)
      }
      for (const path of ['/teapot', '/tes/7', '/teams/7', '/tea', '/', '/y/7', '/~/7']) {
        expect((await web.get(path)).status, path).toBe(404)
      }
    }
  })

  it('gives every request its own params, and a frozen object if the pattern has none', async () => {
    const web = client(
      router({
        '/none': ({ params }) => json(Object.isFrozen(params)),
        '/:id': ({ params }) => json(Object.assign(params, { seen: params.id })),
      }),
    )
    expect(await (await web.get('/none')).json()).toBe(true)
    expect(await (await web.get('/1')).json()).toEqual({ id: '1', seen: '1' })
    expect(await (await web.get('/2')).json()).toEqual({ id: '2', seen: '2' })
  })

  it('returns 404 if no pattern matches', async () => {
    const response = await client(router({})).get('/nothing')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })

  it('passes unmatched paths to the fallback, inside the middleware', async () => {
    const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'Ada' }))
    const app = router(
      user,
      { '/': { GET: () => text('') } },
      { fallback: ({ user, pathInfo }) => text(user + pathInfo) },
    )
    expect(await (await client(app).get('/x')).text()).toBe('Ada/x')
    expect((await client(app).post('/')).status).toBe(405)
  })

  it('returns 400 for a path that cannot be decoded, whether it matches or not', async () => {
    const web = client(
      router({ '/users/:id': show, '/files/*path': show }, { fallback: () => text('fallback') }),
    )
    for (const path of ['/users/%', '/users/%zz', '/users/%ff', '/files/a/%c3/b', '/none/%E0%A4%A']) {
      const response = await web.get(path)
      expect(response.status, path).toBe(400)
      expect(await response.json()).toMatchObject({ detail: 'The path is not valid percent-encoded UTF-8.' })
    }
    expect(await (await web.get('/users/%00')).json()).toEqual({ id: '\0' })
  })

  it('applies the middleware once, when the router is created', async () => {
    const web = vi.fn<Middleware>((app) => app)
    const app = client(router(web as Middleware, { '/a': () => text(''), '/b': () => text('') }))
    await app.get('/a')
    await app.get('/b')
    expect(web).toHaveBeenCalledOnce()
  })

  it('returns error responses inside the middleware, so that it can add headers to them', async () => {
    const web = client(
      router(stamped, {
        '/users/:id': { GET: () => text('') },
        '/thrown': () => {
          throw new HttpError(403)
        },
        '/rejected': () => Promise.reject(new HttpError(409)),
      }),
    )
    const responses = [
      await web.get('/none'),
      await web.post('/users/7'),
      await web.get('/users/%'),
      await web.get('/thrown'),
      await web.get('/rejected'),
    ]
    expect(responses.map(({ status }) => status)).toEqual([404, 405, 400, 403, 409])
    for (const { headers } of responses) expect(headers.get('x-stamp')).toBe('1')
  })

  it('turns unexpected errors into 500 responses inside the middleware, and reports them once', async () => {
    const failure = new Error('broken')
    const broken: Middleware = () => () => {
      throw failure
    }
    const table = {
      '/thrown': () => {
        throw failure
      },
      '/rejected': () => Promise.reject(failure),
      '/in/*rest': router(broken, {}),
    }
    for (const path of ['/thrown', '/rejected', '/in/x']) {
      const web = client(router(stamped, table), { errors: { write() {} } })
      const response = await web.get(path)
      expect(response.status, path).toBe(500)
      expect(response.headers.get('x-stamp')).toBe('1')
      expect(web.errors).toEqual([failure])
    }
  })

  it('turns errors of its own middleware into responses', async () => {
    const forbidden: Middleware = () => () => {
      throw new HttpError(403)
    }
    const response = await client(stamped(router(forbidden, {}))).get('/')
    expect([response.status, response.headers.get('x-stamp')]).toEqual([403, '1'])
  })

  it('does not leak params to the environ outside, so that one router can follow another', async () => {
    const first = router({ '/:first/x': () => text('first') })
    const second = router({ '/:a/:b': show })
    const outside: unknown[] = []
    const cascade: Application = async (environ) => {
      const response = await first(environ)
      outside.push('params' in environ)
      return response.ok ? response : second(environ)
    }
    expect(await (await client(cascade).get('/1/x')).text()).toBe('first')
    expect(await (await client(cascade).get('/1/2')).json()).toEqual({ a: '1', b: '2' })
    expect(outside).toEqual([false, false])
  })

  it('is a function named router, for stack traces', () => {
    expect(router({}).name).toBe('router')
  })
})

describe('a table of methods', () => {
  const app = router({
    '/users': {
      GET: ({ method }) => text(`got by ${method}`, { headers: { 'x-method': method } }),
      PUT: () => text('put'),
      PROPFIND: () => text('found'),
    },
    '/own': {
      GET: () => text(''),
      HEAD: () => text('', { headers: { 'x-head': 'own' } }),
      OPTIONS: () => text('options'),
    },
    '/post': { POST: () => text('posted') },
    '/any': ({ method }) => text(method),
  })
  const web = client(app)

  it('passes each method to its application', async () => {
    expect(await (await web.get('/users')).text()).toBe('got by GET')
    expect(await (await web.put('/users')).text()).toBe('put')
    expect(await (await web.request('PROPFIND', '/users')).text()).toBe('found')
  })

  it('returns 405 with Allow for a method that is not in the table', async () => {
    const response = await web.delete('/users')
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, PUT, PROPFIND, HEAD, OPTIONS')
    for (const method of ['get', '__proto__', 'constructor', '*']) {
      expect((await web.request(method === 'get' ? 'GeT' : method, '/post')).status, method).toBe(405)
    }
    expect((await web.head('/post')).headers.get('allow')).toBe('POST, OPTIONS')
  })

  it('handles HEAD with GET, which sees the method HEAD', async () => {
    const response = await web.head('/users')
    expect(response.status).toBe(200)
    expect(response.headers.get('x-method')).toBe('HEAD')
    expect(await response.text()).toBe('')
  })

  it('returns 204 with Allow for OPTIONS', async () => {
    const response = await web.options('/users')
    expect(response.status).toBe(204)
    expect(response.headers.get('allow')).toBe('GET, PUT, PROPFIND, HEAD, OPTIONS')
    expect(response.body).toBeNull()
  })

  it('can declare HEAD and OPTIONS itself', async () => {
    expect((await web.head('/own')).headers.get('x-head')).toBe('own')
    expect(await (await web.options('/own')).text()).toBe('options')
    expect((await web.put('/own')).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it('is optional: a plain application handles every method', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'PURGE']) {
      expect(await (await web.request(method, '/any')).text()).toBe(method)
    }
  })
})

describe('hostile paths', () => {
  const web = client(
    router({
      '/__proto__': () => text('text'),
      '/constructor/:__proto__': show,
      '/a/:x/*rest/end': show,
      '/f/:name.:ext': show,
      '/w/*a-:b/*c': show,
    }),
  )

  it('match only what is in the table', async () => {
    expect(await (await web.get('/__proto__')).text()).toBe('text')
    for (const path of [
      '/toString',
      '/constructor',
      '/hasOwnProperty/x',
      '/constructor/',
      '/__proto__/__proto__',
    ]) {
      expect((await web.get(path)).status, path).toBe(404)
    }
  })

  it('produce params that inherit no properties', async () => {
    let params: object = {}
    const app = router({
      '/:__proto__': (environ) => {
        params = environ.params
        return text('')
      },
    })
    await client(app).get('/polluted')
    expect('toString' in params).toBe(false)
    expect(Object.isFrozen(Object.getPrototypeOf(params))).toBe(true)
    expect(Object.entries(params)).toEqual([['__proto__', 'polluted']])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('are handled whatever their length', async () => {
    const long = 100_000
    expect((await web.get(`http://localhost/${'/'.repeat(long)}`)).status).toBe(404)
    expect((await web.get(`/a/x${'/y'.repeat(long)}`)).status).toBe(404)
    expect((await web.get(`/a/x${'/y'.repeat(long)}/end`)).status).toBe(200)
    expect((await web.get(`/f/${'.'.repeat(long)}`)).status).toBe(200)
    expect((await web.get(`/f/${'a'.repeat(long)}`)).status).toBe(404)
    expect((await web.get(`/w/${'a-'.repeat(2000)}/`)).status).toBe(404)
  })
})
