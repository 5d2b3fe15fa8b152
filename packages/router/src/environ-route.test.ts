import { type Application, HttpError, type Middleware, mount, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { router } from './index.ts'

/** Returns `environ.route` as middleware around the application reads it, once it has the response. */
async function routeOf(app: Application, path: string, method = 'GET'): Promise<string | undefined> {
  let route: string | undefined = 'not called'
  const outside: Middleware = (app) => async (environ) => {
    try {
      return await app(environ)
    } finally {
      route = environ.route
    }
  }
  await client(outside(app), { errors: { write() {} } }).request(method, path)
  return route
}

const ok: Application = () => text('')

describe('environ.route', () => {
  it('is the pattern that matched, in the application and for the middleware around the router', async () => {
    let inside: string | undefined
    const app = router({
      '/users/:id': ({ route }) => {
        inside = route
        return text('')
      },
    })
    expect(await routeOf(app, '/users/7')).toBe('/users/:id')
    expect(inside).toBe('/users/:id')
  })

  it('can be read by the middleware of the router itself', async () => {
    let route: string | undefined
    const log: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      route = environ.route
      return response
    }
    await client(router(log, { '/users/:id': ok })).get('/users/7')
    expect(route).toBe('/users/:id')
  })

  it('is undefined if no pattern matches', async () => {
    expect(await routeOf(router({ '/users/:id': ok }), '/books')).toBeUndefined()
    expect(await routeOf(router({}, { fallback: ok }), '/books')).toBeUndefined()
    expect(await routeOf(router({ '/in/*rest': router({ '/a': ok }) }), '/in/b')).toBeUndefined()
  })

  it('is the pattern that matched, even if the response is an error', async () => {
    const app = router({
      '/users/:id': { GET: ok },
      '/gone': () => {
        throw new HttpError(410)
      },
      '/broken': () => {
        throw new Error('broken')
      },
    })
    expect(await routeOf(app, '/users/7', 'DELETE')).toBe('/users/:id')
    expect(await routeOf(app, '/users/%ff')).toBe('/users/:id')
    expect(await routeOf(app, '/gone')).toBe('/gone')
    expect(await routeOf(app, '/broken')).toBe('/broken')
  })

  it.each([
    ['/:org/users/*rest', '/:id', '/acme/users/7', '/:org/users/:id'],
    ['/users{/*rest}', '/', '/users', '/users'],
    ['/users{/*rest}', '/:id', '/users/7', '/users/:id'],
    ['/users{/{*rest}}', '/', '/users', '/users'],
    ['/users{/{*rest}}', '/', '/users/', '/users/'],
    ['/users/{*rest}', '/', '/users/', '/users/'],
    ['/{*rest}', '/', '/', '/'],
    ['/{*rest}', '/:id', '/7', '/:id'],
    ['/a{/b/*rest}', '/', '/a', '/a'],
    ['/a{/b/*rest}', '/c', '/a/b/c', '/a{/b}/c'],
    ['/a//*rest', '//:x', '/a//b', '/a//:x'],
    ['/users{/*rest}', '/{:id}', '/users', '/users/{:id}'],
  ])('joins the pattern of a mount and of the route in it: %s and %s', async (outer, inner, path, route) => {
    expect(await routeOf(router({ [outer]: router({ [inner]: ok }) }), path)).toBe(route)
  })

  it('joins mounts inside mounts, through middleware and mount()', async () => {
    const unchanged: Middleware = (app) => (environ) => app(environ)
    const posts = router({ '/posts/:post': ok })
    const users = router({ '/users/:user/*rest': stack(unchanged)(posts) })
    const app = mount('/api', router({ '/:org/*rest': mount('/v1', users)(ok) }))(ok)
    expect(await routeOf(app, '/api/acme/v1/users/ada/posts/7')).toBe('/api/:org/v1/users/:user/posts/:post')
  })

  it('is the pattern of the mount if the mounted application is not a router', async () => {
    expect(await routeOf(router({ '/files/*path': ok }), '/files/a/b')).toBe('/files/*path')
  })

  it('is set by the last router if several are tried', async () => {
    const first = router({ '/:a/x': () => text('', { status: 404 }) })
    const second = router({ '/:b/:c': ok })
    const third = router({ '/none': ok })
    const tryAll =
      (...apps: readonly Application[]): Application =>
      async (environ) => {
        let response = new Response()
        for (const app of apps) response = await app(environ)
        return response
      }
    expect(await routeOf(tryAll(first, second), '/1/x')).toBe('/:b/:c')
    expect(await routeOf(tryAll(first, third), '/1/x')).toBeUndefined()
  })
})
