import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type Application,
  type Environ,
  extend,
  type Middleware,
  mount,
  setRoute,
  text,
  withPath,
} from '../index.ts'
import { client, testEnviron } from '../testing.ts'

describe('withPath', () => {
  it('divides the path in a copy and leaves the environ unchanged', () => {
    const outer = extend(testEnviron('/api/users?page=2'), { user: 'Ada' })
    const inner = withPath(outer, { scriptName: '/api', pathInfo: '/users' })
    expect([inner.scriptName, inner.pathInfo, inner.queryString, inner.user]).toEqual([
      '/api',
      '/users',
      'page=2',
      'Ada',
    ])
    expect([outer.scriptName, outer.pathInfo]).toEqual(['', '/api/users'])
    expectTypeOf(inner).toEqualTypeOf<Environ & { user: string }>()
  })

  it('does not show the outer environ the keys that are added to the copy', () => {
    const outer = testEnviron('/')
    extend(withPath(outer, { scriptName: '', pathInfo: '/' }), { user: 'Ada' })
    expect('user' in outer).toBe(false)
  })

  it('keeps the members of the contract, and those added under a symbol', () => {
    const key = Symbol('key')
    const inner = withPath(extend(testEnviron('/'), { [key]: 1 }), { scriptName: '/a', pathInfo: '' })
    expect(inner[key]).toBe(1)
    expect(inner.headers).toBeInstanceOf(Headers)
    expect(inner.request.url).toBe('http://localhost/')
  })
})

describe('setRoute', () => {
  const routed =
    (pattern: string | undefined): Application =>
    (environ) => {
      setRoute(environ, pattern)
      return text('')
    }
  async function routeOf(app: Application, path: string) {
    let route: string | undefined = 'unset'
    const outer: Middleware = (app) => async (environ) => {
      expect(environ.route).toBeUndefined()
      const response = await app(environ)
      route = environ.route
      return response
    }
    await client(outer(app)).get(path)
    return route
  }

  it('is seen by the middleware outside, once there is a response', async () => {
    expect(await routeOf(routed('/users/:id'), '/users/7')).toBe('/users/:id')
  })

  it('leaves the route undefined if no router sets it', async () => {
    expect(await routeOf(() => text(''), '/users/7')).toBeUndefined()
  })

  it('puts the prefixes of the mounts in front of the pattern', async () => {
    const app = mount(
      '/a',
      mount('/b', routed('/:id'))(() => text('')),
    )(() => text(''))
    expect(await routeOf(app, '/a/b/7')).toBe('/a/b/:id')
  })

  it('puts the pattern of a mount in front, and the mounts inside after it', async () => {
    const inner = mount('/b', routed('/:id'))(() => text(''))
    const outer: Application = (environ) =>
      inner(withPath(environ, { scriptName: '/acme', pathInfo: '/b/7' }, '/:company'))
    expect(await routeOf(mount('/app', (environ) => outer(environ))(outer), '/acme/b/7')).toBe(
      '/:company/b/:id',
    )
  })

  it('forgets what another router set', async () => {
    const app: Application = (environ) => {
      setRoute(environ, '/first')
      return routed(undefined)(environ)
    }
    expect(await routeOf(app, '/')).toBeUndefined()
  })

  it('can be read on every copy of the environ', () => {
    const outer = testEnviron('/a/b')
    const inner = withPath(outer, { scriptName: '/a', pathInfo: '/b' })
    setRoute(inner, '/:b')
    expect([outer.route, inner.route]).toEqual(['/a/:b', '/a/:b'])
  })
})
