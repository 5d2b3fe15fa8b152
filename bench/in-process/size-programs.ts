/** The smallest realistic programs: a text, and a path parameter as JSON. */

export interface SizeProgram {
  name: string
  /** The packages to install. */
  packages: readonly string[]
  source: string
}

/** For runtimes that serve a fetch handler, such as Workers. */
export const forWorkers: readonly SizeProgram[] = [
  {
    name: 'tsgi',
    packages: ['@tsgi/core', '@tsgi/router'],
    source: `import { json, text, toFetch } from '@tsgi/core'
      import { router } from '@tsgi/router'
      const app = router({ '/': () => text('Hello'), '/users/:id': ({ params }) => json(params) })
      export default { fetch: toFetch(app) }`,
  },
  {
    name: 'hono',
    packages: ['hono'],
    source: `import { Hono } from 'hono'
      const app = new Hono()
      app.get('/', (c) => c.text('Hello')).get('/users/:id', (c) => c.json(c.req.param()))
      export default app`,
  },
  {
    name: 'hono/tiny',
    packages: ['hono'],
    source: `import { Hono } from 'hono/tiny'
      const app = new Hono()
      app.get('/', (c) => c.text('Hello')).get('/users/:id', (c) => c.json(c.req.param()))
      export default app`,
  },
  {
    name: 'h3',
    packages: ['h3'],
    source: `import { H3 } from 'h3'
      const app = new H3()
      app.get('/', () => 'Hello').get('/users/:id', (event) => event.context.params)
      export default { fetch: (request) => app.fetch(request) }`,
  },
  {
    name: 'remix',
    packages: ['@remix-run/fetch-router'],
    source: `import { createRouter } from '@remix-run/fetch-router'
      const router = createRouter()
      router.get('/', () => new Response('Hello'))
      router.get('/users/:id', ({ params }) => Response.json(params))
      export default { fetch: (request) => router.fetch(request) }`,
  },
]

/** For Node, with a server. */
export const forNode: readonly SizeProgram[] = [
  {
    name: 'tsgi',
    packages: ['@tsgi/core', '@tsgi/router', '@tsgi/server'],
    source: `import { json, text } from '@tsgi/core'
      import { router } from '@tsgi/router'
      import { serve } from '@tsgi/server'
      const app = router({ '/': () => text('Hello'), '/users/:id': ({ params }) => json(params) })
      await serve(app, { listen: 'http://127.0.0.1:8000' })`,
  },
  {
    name: 'hono',
    packages: ['hono', '@hono/node-server'],
    source: `import { serve } from '@hono/node-server'
      import { Hono } from 'hono'
      const app = new Hono()
      app.get('/', (c) => c.text('Hello')).get('/users/:id', (c) => c.json(c.req.param()))
      serve({ fetch: app.fetch, port: 8000 })`,
  },
  {
    name: 'h3',
    packages: ['h3'],
    source: `import { H3, serve } from 'h3'
      const app = new H3()
      app.get('/', () => 'Hello').get('/users/:id', (event) => event.context.params)
      serve(app, { port: 8000 })`,
  },
  {
    name: 'remix',
    packages: ['@remix-run/fetch-router', '@remix-run/node-fetch-server'],
    source: `import * as http from 'node:http'
      import { createRouter } from '@remix-run/fetch-router'
      import { createRequestListener } from '@remix-run/node-fetch-server'
      const router = createRouter()
      router.get('/', () => new Response('Hello'))
      router.get('/users/:id', ({ params }) => Response.json(params))
      http.createServer(createRequestListener((request) => router.fetch(request))).listen(8000)`,
  },
  {
    name: 'fastify',
    packages: ['fastify'],
    source: `import fastify from 'fastify'
      const app = fastify()
      app.get('/', () => 'Hello')
      app.get('/users/:id', (request) => request.params)
      await app.listen({ port: 8000 })`,
  },
  {
    name: 'express',
    packages: ['express'],
    source: `import express from 'express'
      const app = express()
      app.get('/', (request, response) => response.send('Hello'))
      app.get('/users/:id', (request, response) => response.json(request.params))
      app.listen(8000)`,
  },
  {
    name: 'koa',
    packages: ['koa', '@koa/router'],
    source: `import Router from '@koa/router'
      import Koa from 'koa'
      const router = new Router()
      router.get('/', (context) => { context.body = 'Hello' })
      router.get('/users/:id', (context) => { context.body = context.params })
      new Koa().use(router.routes()).listen(8000)`,
  },
]

/** Each of our packages with everything that its main entry exports. */
export const ourPackages: readonly SizeProgram[] = [
  'core',
  'router',
  'args',
  'cookies',
  'session',
  'templates',
  'static',
  'compress',
  'cors',
  'secure-headers',
  'rate-limit',
  'websocket',
  'client',
  'uwsgi',
  'http1',
  'server',
].map((name) => ({
  name: `tsgi: ${name}`,
  packages: [`@tsgi/${name}`],
  source: `export * from '@tsgi/${name}'`,
}))
