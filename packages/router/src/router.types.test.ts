import { type Application, extend, type Middleware, type Stack, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type RouteParams, type Router, router } from './index.ts'

interface User {
  readonly name: string
}
const user: Middleware<{ user: User }> = (app) => (environ) => app(extend(environ, { user: { name: 'Ada' } }))
const greeting: Middleware<{ greeting: string }, { user: User }> = (app) => (environ) =>
  app(extend(environ, { greeting: `Hello ${environ.user.name}` }))
const args =
  <A extends object>(args: A): Middleware<{ args: A }> =>
  (app) =>
  (environ) =>
    app(extend(environ, { args }))
const web = stack(user, greeting)

describe('RouteParams', () => {
  it('has a string for a parameter, an array for a wildcard, and nothing for text', () => {
    expectTypeOf<RouteParams<'/users'>>().toEqualTypeOf<Record<never, never>>()
    expectTypeOf<RouteParams<'/users/:id'>>().toEqualTypeOf<{ id: string }>()
    expectTypeOf<RouteParams<'/files/*path'>>().toEqualTypeOf<{ path: string[] }>()
    expectTypeOf<RouteParams<'/:a/:b/*c'>>().toEqualTypeOf<{ a: string; b: string; c: string[] }>()
  })

  it('has an optional key for a parameter in a group, at any depth', () => {
    expectTypeOf<RouteParams<'/users{/:id}'>>().toEqualTypeOf<{ id?: string }>()
    expectTypeOf<RouteParams<'/:a{/:b{/*c}}/:d'>>().toEqualTypeOf<{
      a: string
      b?: string
      c?: string[]
      d: string
    }>()
  })

  it('ends a bare name at the end of the identifier', () => {
    expectTypeOf<RouteParams<'/:name.:ext'>>().toEqualTypeOf<{ name: string; ext: string }>()
    expectTypeOf<RouteParams<'/v:major-:minor'>>().toEqualTypeOf<{ major: string; minor: string }>()
    expectTypeOf<RouteParams<'/:_a$1(b)'>>().toEqualTypeOf<{ _a$1: string }>()
    expectTypeOf<RouteParams<'/:größe'>>().toEqualTypeOf<{ größe: string }>()
  })

  it('reads quoted names and escapes', () => {
    expectTypeOf<RouteParams<'/:"na-me"/*"a b"'>>().toEqualTypeOf<{ 'na-me': string; 'a b': string[] }>()
    expectTypeOf<RouteParams<'/:"a\\"b"x'>>().toEqualTypeOf<{ 'a"b': string }>()
    expectTypeOf<RouteParams<'/\\:id/\\{:x\\}'>>().toEqualTypeOf<{ x: string }>()
  })

  it('has unknown names if the pattern is only known as string', () => {
    expectTypeOf<RouteParams<string>>().toEqualTypeOf<{ [name: string]: string | string[] | undefined }>()
  })
})

describe('a route table', () => {
  it('infers params from the pattern and the rest from the stack', () => {
    const app = router(web, {
      '/': ({ user, greeting, params }) => {
        expectTypeOf(user).toEqualTypeOf<User>()
        expectTypeOf(greeting).toEqualTypeOf<string>()
        expectTypeOf(params).toEqualTypeOf<RouteParams<'/'>>()
        return text('')
      },
      '/users/:id': {
        GET: ({ params, user }) => {
          expectTypeOf(params).toEqualTypeOf<{ id: string }>()
          expectTypeOf(user).toEqualTypeOf<User>()
          return text('')
        },
      },
    })
    expectTypeOf(app).toExtend<Router<'/' | '/users/:id'>>()
    client(app)
  })

  it('infers them through middleware and stacks around a single route', () => {
    router(web, {
      '/users/:id': {
        PUT: args({ page: 1 })(({ params, args, user }) => {
          expectTypeOf(params).toEqualTypeOf<{ id: string }>()
          expectTypeOf(args).toEqualTypeOf<{ page: number }>()
          expectTypeOf(user).toEqualTypeOf<User>()
          return text('')
        }),
      },
      '/files{/*path}': stack(
        args({ page: 1 }),
        greeting,
      )(({ params, args, greeting, user }) => {
        expectTypeOf(params).toEqualTypeOf<{ path?: string[] }>()
        expectTypeOf(args).toEqualTypeOf<{ page: number }>()
        expectTypeOf(greeting).toEqualTypeOf<string>()
        expectTypeOf(user).toEqualTypeOf<User>()
        return text('')
      }),
    })
  })

  it('accepts applications that declare their needs, and rejects unmet needs', () => {
    const needy: Application<{ user: User; params: { id: string } }> = ({ user }) => text(user.name)
    router(web, { '/:id': needy, '/a/:id/:other': { GET: needy } })
    // @ts-expect-error 'id' is missing in the params of this pattern
    router(web, { '/:name': needy })
    // @ts-expect-error 'user' is missing
    router({ '/:id': needy })
    // @ts-expect-error 'user' is missing
    router({ '/': greeting(({ greeting }) => text(greeting)) })
    // @ts-expect-error there is no 'session'
    router(web, { '/': ({ session }) => text(session) })
    // @ts-expect-error there is no 'y' in the pattern
    router(web, { '/:x': ({ params }) => text(params.y) })
    // @ts-expect-error an optional parameter may be undefined
    router(web, { '/a{/:x}': ({ params }) => text(params.x) })
    // @ts-expect-error a string is not a Response
    router(web, { '/': { GET: () => 'text' } })
    // @ts-expect-error methods are in upper case
    expect(() => router(web, { '/': { get: () => text('') } })).toThrow("'/' has 'get'")
  })

  it('passes the fallback everything that the stack provides', () => {
    router(web, {}, { fallback: ({ user }) => text(user.name) })
    // @ts-expect-error without a stack there is no 'user'
    router({}, { fallback: ({ user }) => text(user.name) })
  })

  it('makes what its stack requires a requirement of the router', () => {
    const app = router(greeting, { '/': ({ greeting, user }) => text(greeting + user.name) })
    expectTypeOf(app).toExtend<Router<'/', { user: User }>>()
    // @ts-expect-error 'user' is missing
    client(app)
    router(user, { '/a/*rest': app })
    // @ts-expect-error 'user' is missing
    router({ '/a/*rest': app })
  })

  it('has the params of outer routers if its stack requires them', () => {
    const inOrganization: Middleware<object, { params: { org: string } }> = (app) => app
    const members = router(inOrganization, {
      '/:id': ({ params }) => {
        expectTypeOf(params.org).toEqualTypeOf<string>()
        expectTypeOf(params.id).toEqualTypeOf<string>()
        return text('')
      },
    })
    router({ '/:org/*rest': members })
    // @ts-expect-error 'org' is missing
    router({ '/:organization/*rest': members })
  })

  it('can be built at run time, with patterns that are only known as string', () => {
    const table: Record<string, Application> = { '/a': () => text('') }
    const app = router(user, table)
    expectTypeOf(app).toExtend<Router<string>>()
    const pattern: string = '/a'
    app.href(pattern, { x: '1' })
  })

  it('accepts a stack defined elsewhere', () => {
    const made: Stack<{ user: User }> = stack(user)
    router(made, { '/': ({ user }) => text(user.name) })
  })
})

describe('href', () => {
  const app = router({
    '/': () => text(''),
    '/users/:id': () => text(''),
    '/list{/:page}': () => text(''),
    '/files/*path': () => text(''),
  })

  it('accepts exactly the params of the pattern', () => {
    app.href('/')
    app.href('/users/:id', { id: '7' })
    app.href('/list{/:page}')
    app.href('/list{/:page}', { page: '2' })
    app.href('/files/*path', { path: ['a', 'b'] })
    const wrong = () => {
      // @ts-expect-error the pattern has no parameters
      app.href('/', { id: '7' })
      // @ts-expect-error 'id' is missing
      app.href('/users/:id')
      // @ts-expect-error 'id' is missing
      app.href('/users/:id', {})
      // @ts-expect-error there is no 'page'
      app.href('/users/:id', { id: '7', page: '2' })
      // @ts-expect-error an id is a string
      app.href('/users/:id', { id: 7 })
      // @ts-expect-error a path is an array
      app.href('/files/*path', { path: 'a/b' })
      // @ts-expect-error the pattern is not in the table
      app.href('/users')
    }
    expectTypeOf(wrong).toBeFunction()
  })

  it('can be called in its own table if the handler declares its return type', () => {
    const site = router({
      '/old/:id': ({ params }): Response => text(site.href('/new/:id', params)),
      '/new/:id': () => text(''),
    })
    expectTypeOf(site).toExtend<Router<'/old/:id' | '/new/:id'>>()
  })
})
