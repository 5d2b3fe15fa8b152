import type { Application } from '@tsgi/core'
import type { RouteParams } from './params.ts'

/**
 * The table of a router: maps each pattern to an application, which handles every method, or to a {@link MethodTable}.
 *
 * `Provided` is what the middleware around the routes adds to their environ. Each application also gets the `params` of
 * its pattern.
 *
 * @example
 * ```ts
 * import { json, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { type RouteTable, router } from '@tsgi/router'
 *
 * const table: RouteTable<'/' | '/users/:id'> = {
 *   '/': () => text('home'),
 *   '/users/:id': { GET: ({ params }) => json(params) },
 * }
 * const response = await client(router(table)).get('/users/7')
 * await response.json() // => { id: '7' }
 * ```
 */
export type RouteTable<Pattern extends string, Provided extends object = object> = {
  readonly [P in Pattern]: RouteHandler<P, Provided> | MethodTable<RouteHandler<P, Provided>>
}

/**
 * An application in a route table. The pattern determines the type of its `params`.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { type RouteHandler, router } from '@tsgi/router'
 *
 * const showUser: RouteHandler<'/users/:id'> = ({ params }) => text(`user ${params.id}`)
 *
 * const response = await client(router({ '/users/:id': showUser })).get('/users/7')
 * await response.text() // => 'user 7'
 * ```
 */
export type RouteHandler<Pattern extends string, Provided extends object = object> = Application<
  Provided & { params: RouteParams<Pattern> }
>

/**
 * Maps methods, in upper case, to applications. Unless the table has them, `HEAD` is handled by `GET`, `OPTIONS` returns
 * 204 with `Allow`, and every other method returns 405 with `Allow` (RFC 9110 §15.5.6).
 *
 * @example
 * ```ts
 * import { type Application, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { type MethodTable, router } from '@tsgi/router'
 *
 * const methods: MethodTable<Application> = { GET: () => text('got'), PUT: () => text('put') }
 * const response = await client(router({ '/': methods })).delete('/')
 * response.status // => 405
 * response.headers.get('allow') // => 'GET, PUT, HEAD, OPTIONS'
 * ```
 */
export type MethodTable<App> = { readonly [Method in Uppercase<string>]: App } & {
  readonly [Method in
    | 'get'
    | 'head'
    | 'post'
    | 'put'
    | 'patch'
    | 'delete'
    | 'options']?: 'Methods are written in upper case'
}
