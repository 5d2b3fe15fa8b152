import { extend, type Middleware, stack, text } from '@tsgi/core'
import { observeLayers } from '@tsgi/core/gateway'
import { client } from '@tsgi/core/testing'
import { expect, it } from 'vitest'
import { router } from './router.ts'

const names: string[] = []
observeLayers((app, { name }) => (environ) => {
  names.push(name)
  return app(environ)
})

it('lets tools observe a single middleware, the routes, mounted routers and the fallback', async () => {
  const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'Ada' }))
  const users = router({ '/:id': { GET: ({ params }) => text(`${params.id}`) } })
  const app = router(user, { '/': ({ user }) => text(user), '/users/*rest': stack()(users) })
  const web = client(app)
  for (const [method, path, layers] of [
    ['GET', '/', ['user', 'router', '* /']],
    ['GET', '/users/7', ['user', 'router', '* /users/*rest', 'GET /:id']],
    ['HEAD', '/users/7', ['user', 'router', '* /users/*rest', 'GET /:id']],
    ['POST', '/users/7', ['user', 'router', '* /users/*rest']],
    ['GET', '/nowhere', ['user', 'router', 'notFound']],
  ] as const) {
    names.length = 0
    await web.request(method, path)
    expect(names, `${method} ${path}`).toEqual(layers)
  }
  expect(app.routes().map(({ pattern }) => pattern)).toEqual(['/', '/users/:id'])
})
