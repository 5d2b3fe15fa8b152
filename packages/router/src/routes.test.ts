import { type Application, type Middleware, mount, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { router } from './index.ts'

const [a, b, c]: readonly [Application, Application, Application] = [
  () => text('a'),
  () => text('b'),
  () => text('c'),
]

describe('routes', () => {
  it('lists each method of each pattern, in the order of the table, with its application', () => {
    expect(router({ '/b': { POST: b, GET: c }, '/': a }).routes()).toEqual([
      { pattern: '/b', method: 'POST', application: b },
      { pattern: '/b', method: 'GET', application: c },
      { pattern: '/', method: '*', application: a },
    ])
  })

  it.each([
    ['/in/*rest', '/in/x/:id'],
    ['/in{/*rest}', '/in/x/:id'],
    ['/in/{*rest}', '/in/x/:id'],
    ['/in{/{*rest}}', '/in/x/:id'],
    ['/*rest', '/x/:id'],
    ['/{*rest}', '/x/:id'],
    ['/a{/b/*rest}', '/a{/b}/x/:id'],
    ['/:"a b"/\\*/é/*rest', '/:"a b"/\\*/é/x/:id'],
  ])('joins the pattern of a mount and of a route in it: %s gives %s', (pattern, expected) => {
    expect(router({ [pattern]: router({ '/x/:id': a }) }).routes()).toEqual([
      { pattern: expected, method: '*', application: a },
    ])
  })

  it('lists mounts inside mounts', () => {
    const inner = router({ '/': a, '/c': b })
    const routes = router({ '/a/*rest': router({ '/b{/*rest}': inner }) }).routes()
    expect(routes.map(({ pattern }) => pattern)).toEqual(['/a/b', '/a/b/c'])
  })

  it('lists only the routes for the method that a router is mounted for', () => {
    const inner = router({ '/any': a, '/both': { GET: b, POST: c } })
    expect(router({ '/in/*rest': { GET: inner } }).routes()).toEqual([
      { pattern: '/in/any', method: 'GET', application: a },
      { pattern: '/in/both', method: 'GET', application: b },
    ])
  })

  it('lists a router that is not mounted as a plain application', () => {
    const inner = router({ '/a': a })
    expect(router({ '/a': inner }).routes()).toEqual([{ pattern: '/a', method: '*', application: inner }])
  })

  it.each([
    ['/books{/*rest}', ['/books', '/books/new']],
    ['/books{/{*rest}}', ['/books', '/books/new']],
    ['/books/{*rest}', ['/books/', '/books/new']],
    ['/books/*rest', ['/books/new']],
    ['/{*rest}', ['/', '/new']],
    ['/*rest', ['/new']],
  ])('lists only the routes that can be reached through the mount: %s', async (pattern, paths) => {
    const app = router({ [pattern]: router({ '/': () => text('all'), '/new': () => text('new') }) })
    expect(app.routes().map((route) => route.pattern)).toEqual(paths)
    for (const path of paths) expect((await client(app).get(path)).status, path).toBe(200)
  })

  it('appends the routes of a fallback that is a router, except those that the table hides', () => {
    const legacy = router({ '/a': { POST: b }, '/b/:id': c, '/in/*rest': router({ '/d': a }) })
    expect(router({ '/a': { GET: a } }, { fallback: legacy }).routes()).toEqual([
      { pattern: '/a', method: 'GET', application: a },
      { pattern: '/b/:id', method: '*', application: c },
      { pattern: '/in/d', method: '*', application: a },
    ])
  })

  it('lists the routes of a router inside a stack', () => {
    const unchanged: Middleware = (app) => (environ) => app(environ)
    const inner = router({ '/x/:id': { GET: a } })
    const outer = router(
      { '/in{/*rest}': stack(unchanged, unchanged)(inner) },
      { fallback: stack(unchanged)(router({ '/y': b })) },
    )
    expect(outer.routes()).toEqual([
      { pattern: '/in/x/:id', method: 'GET', application: a },
      { pattern: '/y', method: '*', application: b },
    ])
  })

  it('lists the routes of a router inside a mount', () => {
    const plain: Middleware = (app) => (environ) => app(environ)
    const users = router({ '/': a, '/:id': { GET: a } })
    const app = router(
      stack(plain, plain),
      { '/users/*rest': stack(plain)(users), '/all/*rest': mount('/users', users)(router({ '/x': b })) },
      { fallback: stack(plain)(router({ '/old': c })) },
    )
    const routes = (stack(plain)(app) as typeof app).routes()
    expect(routes.map(({ method, pattern }) => `${method} ${pattern}`)).toEqual([
      'GET /users/:id',
      '* /all/users',
      'GET /all/users/:id',
      '* /all/x',
      '* /old',
    ])
    expect(routes[0]?.application).toBe(a)
  })

  it('lists the routes of a router with a middleware that is not a stack', () => {
    const plain: Middleware = (app) => (environ) => app(environ)
    expect(router(plain, { '/': a }).routes()).toEqual([{ pattern: '/', method: '*', application: a }])
  })
})
