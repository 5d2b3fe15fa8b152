import {
  type Application,
  type Callable,
  type Environ,
  HttpError,
  handle,
  type Middleware,
  stack,
} from '@tsgi/core'
import { checkOptions, describe } from '@tsgi/core/options'
import { compileTable } from './compile-table.ts'
import { dispatcher } from './dispatch.ts'
import type { AnyTable, Explained, Patterns } from './explain.ts'
import type { HrefArguments } from './href.ts'
import { hasRoutes, listRoutes, type Route } from './routes.ts'
import type { RouteTable } from './table.ts'

/** The options of {@link router}. */
export interface RouterOptions<Needs extends object = object> {
  /** Handles every path that no pattern matches, inside the middleware. By default such paths return 404. */
  readonly fallback?: Application<Needs>
}

/**
 * An application created by {@link router}. `Pattern` is the union of its patterns, `Requires` is what its middleware needs,
 * and `Table` the type of its table, from which `@tsgi/client` infers its types.
 */
export interface Router<Pattern extends string, Requires extends object = object, Table = unknown>
  extends Callable<{ readonly table: Table }> {
  (environ: Environ & Requires): Response | Promise<Response>
  /**
   * Returns the path of a pattern with the given parameters, percent-encoded. An optional group is left out if one of its
   * parameters is missing. The path starts at the root of this router: if the router is mounted, put
   * `environ.scriptName` before it.
   *
   * @throws TypeError if the pattern is not in the table, if a parameter is missing or empty, or if the path would not
   *   lead back to the pattern: it contains a segment `.` or `..`, or starts with `//`.
   *
   * @example
   * ```ts
   * import { json } from '@tsgi/core'
   * import { router } from '@tsgi/router'
   *
   * const app = router({ '/files/*path': ({ params }) => json(params.path) })
   * app.href('/files/*path', { path: ['a b', 'c/d'] }) // => '/files/a%20b/c%2Fd'
   * ```
   */
  href<P extends Pattern>(pattern: P, ...params: HrefArguments<NoInfer<P>>): string
  /**
   * Lists the table in its order, with one entry for each method of each pattern. A mounted router is replaced by its own
   * routes, with the whole pattern, and the routes of a `fallback` that is a router follow at the end. The routes of a router
   * inside a `stack` or a `mount` are listed, too; those of a router that is passed to a middleware directly are not.
   *
   * @example
   * ```ts
   * import { text } from '@tsgi/core'
   * import { router } from '@tsgi/router'
   *
   * const users = router({ '/:id': { GET: () => text('a user'), DELETE: () => text('deleted') } })
   * const app = router({ '/': () => text('home'), '/users/*rest': users })
   * const lines = app.routes().map(({ method, pattern }) => `${method} ${pattern}`)
   * lines // => ['* /', 'GET /users/:id', 'DELETE /users/:id']
   * ```
   */
  routes(): readonly Route[]
}

/**
 * Creates an application that passes each request to one of the applications in `table`, by path and method.
 *
 * **Patterns** are those of path-to-regexp 9: `:name` matches one segment or a part of one, `*name` one or more segments,
 * and `{…}` is optional. A pattern matches the same paths as path-to-regexp's `match` with `sensitive: true` and
 * `trailing: false`: case matters, and so does a trailing slash (`/users{/}` matches with and without one). The text of a
 * pattern can be written percent-encoded or not. The empty path is treated as `/` (RFC 9110 §4.2.3).
 *
 * **If several patterns match, the most specific one wins**, whatever the order of the table. Patterns are compared
 * segment by segment from the left, and the first difference decides. From most to least specific:
 *
 * 1. plain text (`users`);
 * 2. text with parameters (`v:major`): first the one with the longer text before its first parameter, then the one with
 *    more text in total;
 * 3. a parameter (`:name`);
 * 4. a segment with a wildcard, compared together with everything after it: first the one with the longer text before its
 *    first parameter or wildcard, then the one with more text in total.
 *
 * Remaining ties are broken by code units, with a parameter before a wildcard and both before text. A pattern with
 * optional groups is compared by the form that matches the path.
 *
 * **Mounts**: a pattern whose last segment is a wildcard mounts its application. The path before the wildcard moves from
 * `pathInfo` to `scriptName`. `/admin/*rest` matches the paths below `/admin/`; `/admin{/{*rest}}` also matches `/admin`
 * and `/admin/`.
 *
 * The application gets a copy of the environ with `params`: the decoded parameters of its pattern, and those of the
 * routers around this one. A path that is not valid percent-encoded UTF-8 returns 400. If an application needs other keys
 * in its environ, pass the middleware that provides them as the first argument; otherwise the table does not compile.
 *
 * @throws TypeError if a pattern, method or application is invalid, or if two patterns match the same paths. The message
 *   names them.
 *
 * @example
 * ```ts
 * import { json, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { router } from '@tsgi/router'
 *
 * const app = router({
 *   '/': () => text('home'),
 *   '/users/:id': { GET: ({ params }) => json({ id: params.id }) },
 * })
 * const web = client(app)
 * const found = await web.get(app.href('/users/:id', { id: '7' }))
 * await found.json() // => { id: '7' }
 * const refused = await web.delete('/users/7')
 * refused.headers.get('allow') // => 'GET, HEAD, OPTIONS'
 * ```
 */
export function router<const Pattern extends string, Table>(
  table: RouteTable<Pattern> & Table,
  options?: RouterOptions,
): Router<Pattern, object, Table>
/**
 * Creates a router with middleware around its routes: `web` is a single middleware, or several combined with `stack`. Each
 * application in the table gets the keys that it provides, and its own `params`.
 *
 * The middleware is applied once, around the whole router, so the router's own responses, such as 404 and 405, and error
 * responses also get the headers and cookies that it adds.
 *
 * @throws TypeError if a pattern, method or application is invalid, or if two patterns match the same paths. The message
 *   names them.
 *
 * @example
 * ```ts
 * import { extend, type Middleware, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { router } from '@tsgi/router'
 *
 * const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'Ada' }))
 *
 * const app = router(user, {
 *   '/': ({ user }) => text(`Hello ${user}`),
 *   '/users/:id': ({ params, user }) => text(`${user} reads about ${params.id}`),
 * })
 * const response = await client(app).get('/users/7')
 * await response.text() // => 'Ada reads about 7'
 * ```
 */
export function router<Provides extends object, Requires extends object, const Pattern extends string, Table>(
  web: Middleware<Provides, Requires>,
  table: RouteTable<Pattern, NoInfer<Provides & Requires>> & Table,
  options?: RouterOptions<NoInfer<Provides & Requires>>,
): Router<Pattern, Requires, Table>
/** Accepts no table: only says why one does not compile. The compiler does not look at it otherwise, so it costs nothing. */
export function router<const Pattern extends string, T extends AnyTable<Pattern, object>>(
  table: Patterns<Pattern> & T & Explained<T, object>,
): Router<Pattern>
/** Accepts no table: only says why one does not compile. */
export function router<
  Provides extends object,
  Requires extends object,
  const Pattern extends string,
  T extends AnyTable<Pattern, NoInfer<Provides & Requires>>,
>(
  web: Middleware<Provides, Requires>,
  table: Patterns<Pattern> & T & Explained<T, NoInfer<Provides & Requires>>,
  options?: RouterOptions<NoInfer<Provides & Requires>>,
): Router<Pattern, Requires>
export function router(...args: readonly unknown[]): Router<string> {
  const web = typeof args[0] === 'function' ? (args[0] as Middleware) : undefined
  const [table, options = {}] = web === undefined ? args : args.slice(1)
  checkOptions('router', options, ['fallback'])
  const { fallback = notFound } = options as RouterOptions
  if (typeof fallback !== 'function') {
    throw new TypeError(`router: fallback must be an application, got ${describe(fallback)}`)
  }
  const { patterns, tree } = compileTable(table)
  const dispatch = Object.assign(dispatcher(tree, fallback), { routes: () => listRoutes(patterns, fallback) })
  const app = web === undefined ? dispatch : stack(web)(dispatch)

  return Object.assign(
    function router(environ: Environ) {
      return handle(app, environ)
    },
    {
      href(pattern: string, params?: Readonly<Record<string, unknown>>) {
        const compiled = patterns.get(pattern)
        if (compiled === undefined) throw new TypeError(`href: there is no pattern '${pattern}' in the table`)
        return compiled.href(params)
      },
      // Middleware may add to the description of the routes, as `args` does.
      routes: () => (hasRoutes(app) ? app.routes() : dispatch.routes()),
    },
  )
}

const notFound: Application = () => {
  throw new HttpError(404)
}
