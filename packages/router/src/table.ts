import type { Application } from '@tsgi/core'
import type { Params } from './params.ts'

/**
 * What a router is made of: to each pattern an application, which answers every method, or a {@link MethodTable}.
 *
 * `Provided` is what the stack around the routes puts in their environ; each also gets the `params` of its pattern.
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
  readonly [P in Pattern]: Routed<P, Provided> | MethodTable<Routed<P, Provided>>
}

/** An application that a pattern may lead to: `params` is typed by the pattern. */
export type Routed<Pattern extends string, Provided extends object = object> = Application<
  Provided & { params: Params<Pattern> }
>

/**
 * To each method an application. Any other method is answered 405 with `Allow` (RFC 9110 §15.5.6); `HEAD` is answered
 * by `GET`, and `OPTIONS` with 204 and `Allow`, unless they stand in the table themselves.
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
export type MethodTable<App> = { readonly [Method in Uppercase<string>]: App }
