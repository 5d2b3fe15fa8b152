import { args, file, formBody, jsonBody, textBody } from '@tsgi/args'
import { type Application, json, type Middleware, mount, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe as described, route, router } from '@tsgi/router'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { createClient, type ProblemDetails } from './index.ts'

const User = z.object({ id: z.number(), name: z.string(), born: z.coerce.date().optional() })
const plain: Middleware = (app) => (environ) => app(environ)

const users = router({
  '/': {
    GET: args({
      query: z.object({ page: z.coerce.number().default(1), tag: z.array(z.string()).optional() }),
    })(({ args }) => json(args.query)),
    POST: args({
      body: jsonBody(z.object({ name: z.string(), age: z.number().optional() })),
      responses: { 201: User },
    })(({ reply }) => reply(201, { id: 1, name: 'Ada' })),
  },
  '/:id': {
    GET: args({ responses: { 200: User, 404: z.object({ reason: z.string() }) } })(({ reply }) =>
      reply(200, { id: 1, name: 'Ada' }),
    ),
    DELETE: () => text(''),
  },
})
const application = stack(
  plain,
  described({ tags: ['a'] }),
)(
  router({
    '/': () => text('home'),
    '/users{/*rest}': stack(plain)(users),
    '/:org/members/*rest': users,
    '/files{/:folder}/*path': { GET: route({ summary: 'A file' }, () => text('')) },
    '/upload': {
      POST: plain(
        args({
          body: formBody(z.object({ title: z.string() }), { files: { cover: file({ maxSize: 1000 }) } }),
        })(() => text('')),
      ),
      PUT: args({ body: textBody() })(() => text('')),
      PATCH: args({ body: jsonBody(z.object({ title: z.string().optional() })) })(() => text('')),
    },
    '/search': { GET: args({ query: z.object({ q: z.string() }) })(({ args }) => json(args.query.q)) },
  }),
)
const api = createClient<typeof application>('http://localhost')
const inside = () => api.at('/users')

/** Type-checks calls without making them. */
function only(calls: () => unknown): void {
  expectTypeOf(calls).toBeFunction()
}

describe('the types of a client', () => {
  it('know the patterns of each method', () => {
    only(() => {
      api.get('/')
      api.post('/')
      api.post('/upload', { form: { title: 'a', cover: new File([], 'a') } })
      inside().delete('/:id', { params: { id: '7' } })
      // @ts-expect-error there is no such pattern
      api.get('/nowhere')
      // @ts-expect-error there is no DELETE
      api.delete('/upload')
      // @ts-expect-error there is no PUT
      inside().put('/:id', { params: { id: '7' } })
    })
  })

  it('know the parameters of a pattern', () => {
    only(() => {
      api.get('/files{/:folder}/*path', { params: { path: ['a', 'b'] } })
      api.get('/files{/:folder}/*path', { params: { path: ['a'], folder: 'b' } })
      // @ts-expect-error 'path' is missing
      api.get('/files{/:folder}/*path', { params: {} })
      // @ts-expect-error 'params' is missing
      inside().get('/:id')
      // @ts-expect-error an id is text
      inside().get('/:id', { params: { id: 7 } })
    })
  })

  it('know the input of the query, not its output', () => {
    only(() => {
      inside().get('/')
      inside().get('/', { query: { page: '2' } })
      inside().get('/', { query: { page: 2, tag: ['a', 'b'] } })
      api.get('/search', { query: { q: 'boats' } })
      // @ts-expect-error 'query' is missing
      api.get('/search')
      // @ts-expect-error 'q' is text
      api.get('/search', { query: { q: 7 } })
      // @ts-expect-error there is no 'pag'
      inside().get('/', { query: { pag: 2 } })
    })
  })

  it('know what body a route accepts', () => {
    only(() => {
      inside().post('/', { json: { name: 'Ada' } })
      api.put('/upload', { body: 'text' })
      api.post('/upload', { form: new FormData() })
      // @ts-expect-error 'json' is missing
      inside().post('/')
      api.patch('/upload', { json: {} })
      // @ts-expect-error 'json' is missing, although it may be empty
      api.patch('/upload')
      // @ts-expect-error 'name' is missing
      inside().post('/', { json: { age: 7 } })
      // @ts-expect-error the route accepts JSON only
      inside().post('/', { form: { name: 'Ada' } })
      // @ts-expect-error the route accepts a form only
      api.post('/upload', { json: { title: 'a' } })
    })
  })

  it('know the responses by their status, as JSON', () => {
    only(async () => {
      const response = await inside().get('/:id', { params: { id: '7' } })
      if (response.status === 200) {
        expectTypeOf((await response.json()).name).toEqualTypeOf<string>()
        expectTypeOf(response.ok).toEqualTypeOf<true>()
      } else if (response.status === 404) {
        expectTypeOf(await response.json()).toEqualTypeOf<{ reason: string }>()
      } else {
        expectTypeOf(await response.json()).toEqualTypeOf<ProblemDetails>()
      }
      expectTypeOf(
        await inside()
          .post('/', { json: { name: 'Ada' } })
          .orThrow(),
      ).toHaveProperty('id')
      const dated = createClient<typeof dates>('')
      expectTypeOf(await dated.get('/').orThrow()).toEqualTypeOf<{ at: string; gone?: null | undefined }>()
      expectTypeOf(await api.get('/search', { query: { q: 'a' } })).toEqualTypeOf<Response>()
      expectTypeOf(await api.get('/').orThrow()).toEqualTypeOf<unknown>()
    })
  })
  class Sent {
    toJSON(): string {
      return ''
    }
  }
  const dates = router({
    '/': {
      GET: args({ responses: { 200: z.object({ at: z.custom<Sent>(), gone: z.null().optional() }) } })(() =>
        text(''),
      ),
    },
  })

  it('know the routers that are mounted', () => {
    only(() => {
      api.at('/users').get('/')
      api.at('/:org/members', { org: 'acme' }).get('/')
      // @ts-expect-error 'org' is missing
      api.at('/:org/members')
      // @ts-expect-error there is no router
      api.at('/upload')
      // @ts-expect-error there is no such pattern in the router
      inside().get('/nowhere')
    })
  })

  it('know whole patterns, as deep as four mounts', () => {
    const leaf = router({
      '/': () => text(''),
      '/:leaf': { GET: args({ responses: { 200: User } })(() => text('')) },
    })
    const four = router({ '/4/*rest': router({ '/5/*rest': leaf }) })
    const deep = createClient<typeof root>('')
    const root = router({
      '/:a{/*rest}': stack(plain)(leaf),
      '/b/{*rest}': leaf,
      '/c{/{*rest}}': leaf,
      '/*rest': leaf,
      '/files/*path': () => text(''),
      '/b/x': { GET: args({ query: z.object({ own: z.string() }) })(() => text('')) },
      '/1{/*rest}': router({ '/2/*rest': router({ '/3/*rest': four }) }),
      '/d/*rest': router({ '/x': { GET: () => text('') } }),
    })
    type Whole = Parameters<(typeof deep)['get']>[0]
    type Listed = Exclude<Whole, `${string}*${string}`>
    expectTypeOf<Listed>().toEqualTypeOf<
      '/:a' | '/:a/:leaf' | '/b/' | '/b/:leaf' | '/c' | '/c/:leaf' | '/:leaf' | '/b/x' | '/d/x'
    >()
    only(async () => {
      const params = { a: '1', leaf: '2' }
      expectTypeOf((await deep.get('/:a/:leaf', { params }).orThrow()).id).toEqualTypeOf<number>()
      deep.get('/b/x', { query: { own: 'entries take precedence' } })
      // @ts-expect-error 'leaf' is missing
      deep.get('/:a/:leaf', { params: { a: '1' } })
      // @ts-expect-error there is no POST
      deep.post('/:a/:leaf', { params })
      // @ts-expect-error five mounts
      deep.get('/1/2/3/4/5/:leaf', { params })
      deep.at('/1').get('/2/3/4/5/:leaf', { params })
      // @ts-expect-error the mount does not match without its wildcard
      api.get('/:org/members', { params: { org: 'acme' } })
      api.get('/:org/members/:id', { params: { org: 'acme', id: '7' } })
    })
  })

  it('are inferred through stack and route, and for an application with all middleware in one list', () => {
    const nested = stack(plain)(
      router(plain, {
        '/': {
          GET: args({ query: z.object({ q: z.string() }) })(
            args({ responses: { 200: User } })(() => text('')),
          ),
        },
      }),
    )
    only(async () => {
      const typed = createClient<typeof nested>('')
      expectTypeOf((await typed.get('/', { query: { q: 'a' } }).orThrow()).id).toEqualTypeOf<number>()
      // @ts-expect-error 'query' is missing
      typed.get('/')
    })
  })

  it('leave an application without a table without methods, and every application usable elsewhere', () => {
    const handler: Application = () => text('')
    only(() => {
      // @ts-expect-error there is no table
      createClient<typeof handler>('').get('/')
      client(application)
      client(mount('/api', application)(handler))
    })
  })
})
