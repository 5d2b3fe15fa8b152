import { type Application, json, type Middleware, text, withPath } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { router } from './index.ts'

const where: Application<{ params: object }> = ({ scriptName, pathInfo, params }) =>
  json([scriptName, pathInfo, params])

describe('a pattern whose last segment is a wildcard', () => {
  it.each([
    ['/admin/*rest', '/admin/users/7', ['/admin', '/users/7', { rest: ['users', '7'] }]],
    ['/admin/*rest', '/admin/a%20b%2F', ['/admin', '/a%20b%2F', { rest: ['a b/'] }]],
    ['/admin/*rest', '/admin//x/', ['/admin', '//x/', { rest: ['', 'x', ''] }]],
    ['/:org/*rest', '/a%2Fb/x', ['/a%2Fb', '/x', { org: 'a/b', rest: ['x'] }]],
    ['/*rest', '/a/b', ['', '/a/b', { rest: ['a', 'b'] }]],
    ['/{*rest}', '/', ['', '/', {}]],
    ['/{*rest}', '/a', ['', '/a', { rest: ['a'] }]],
    ['/admin{/*rest}', '/admin', ['/admin', '', {}]],
    ['/admin{/*rest}', '/admin/x', ['/admin', '/x', { rest: ['x'] }]],
    ['/admin/{*rest}', '/admin/', ['/admin', '/', {}]],
    ['/admin{/{*rest}}', '/admin', ['/admin', '', {}]],
    ['/admin{/{*rest}}', '/admin/', ['/admin', '/', {}]],
    ['/admin{/{*rest}}', '/admin/x', ['/admin', '/x', { rest: ['x'] }]],
    ['/a{/b/*rest}', '/a', ['/a', '', {}]],
    ['/a{/b/*rest}', '/a/b/c', ['/a/b', '/c', { rest: ['c'] }]],
    ['/a//*rest', '/a//b', ['/a', '//b', { rest: ['b'] }]],
    ['/*first/x/*rest', '/a/b/x/c/d', ['/a/b/x', '/c/d', { first: ['a', 'b'], rest: ['c', 'd'] }]],
  ])('moves the path before the wildcard to scriptName: %s on %s', async (pattern, path, expected) => {
    expect(await (await client(router({ [pattern]: where })).get(path)).json()).toEqual(expected)
  })

  it.each([
    ['/x/files-*path', '/x/files-a/b'],
    ['/x/*path/edit', '/x/a/edit'],
    ['/x/*path{/edit}', '/x/a/b'],
    ['/x/*path.html', '/x/a.html'],
    ['/x/:y', '/x/a'],
  ])('moves nothing if the wildcard is not the whole last segment: %s', async (pattern, path) => {
    const [scriptName, pathInfo] = await (await client(router({ [pattern]: where })).get(path)).json()
    expect([scriptName, pathInfo]).toEqual(['', path])
  })

  it('does not match the path without the wildcard', async () => {
    const web = client(router({ '/admin/*rest': where }))
    for (const path of ['/admin', '/admin/', '/administrator']) expect((await web.get(path)).status).toBe(404)
  })

  it('leaves the environ outside unchanged', async () => {
    const seen: unknown[] = []
    const log: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      seen.push(environ.scriptName, environ.pathInfo, new URL(environ.request.url).pathname)
      return response
    }
    const inner = router(log, { '/b/*rest': where })
    await client(router(log, { '/a/*rest': inner })).get('/a/b/c')
    expect(seen).toEqual(['/a', '/b/c', '/a/b/c', '', '/a/b/c', '/a/b/c'])
  })

  it('appends to the scriptName of the mounts around it', async () => {
    const at: Middleware = (app) => (environ) =>
      app(withPath(environ, { scriptName: '/app', pathInfo: '/a/b' }))
    expect(await (await client(router(at, { '/a/*rest': where })).get('/app/a/b')).json()).toEqual([
      '/app/a',
      '/b',
      { rest: ['b'] },
    ])
  })
})

describe('nested routers', () => {
  const user = router(
    { '/': () => text('user'), '/posts/:id': where, '/:org': where },
    { fallback: ({ pathInfo }) => text(`no ${pathInfo}`, { status: 404 }) },
  )
  const organization = router({ '/users/:user{/{*rest}}': user, '/about': { GET: where } })
  const web = client(
    router({ '/:org/*rest': organization, '/{*all}': where }, { fallback: () => text('never') }),
  )

  it('merge their params, the inner ones taking precedence', async () => {
    expect(await (await web.get('/acme/users/ada/posts/7')).json()).toEqual([
      '/acme/users/ada',
      '/posts/7',
      { org: 'acme', user: 'ada', rest: ['posts', '7'], id: '7' },
    ])
  })

  it('treat the empty path as their root', async () => {
    expect(await (await web.get('/acme/users/ada')).text()).toBe('user')
    expect(await (await web.get('/acme/users/ada/')).text()).toBe('user')
  })

  it('handle the paths below their mount that they do not match, with their own fallback', async () => {
    expect(await (await web.get('/acme/users/ada/posts')).json()).toEqual([
      '/acme/users/ada',
      '/posts',
      { org: 'posts', user: 'ada', rest: ['posts'] },
    ])
    expect(await (await web.get('/acme/users/ada/posts/7/x')).text()).toBe('no /posts/7/x')
    expect((await web.get('/acme/none')).status).toBe(404)
    const refused = await web.post('/acme/about')
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })
})
