import {
  type Application,
  type Environ,
  extend,
  HttpError,
  type Middleware,
  respond,
  withPath,
} from '@tsgi/core'
import { type Compiled, compileTable } from './compile-table.ts'
import type { HrefArguments } from './href.ts'
import { decodes, readParams, undecodable } from './match/decode.ts'
import type { Match } from './match/node.ts'
import type { Places } from './match/segment.ts'
import { moved } from './mount.ts'
import { listRoutes, type Route } from './routes.ts'
import type { RouteTable } from './table.ts'

/** The options of {@link router}. */
export interface RouterOptions<Needs extends object = object> {
  /** Answers every path that no pattern matches, inside the stack; unless given, they are answered 404. */
  readonly fallback?: Application<Needs>
}

/** An application made by {@link router}. `Pattern` is the union of its patterns, `Requires` what its stack needs. */
export interface Router<Pattern extends string, Requires extends object = object> {
  (environ: Environ & Requires): Response | Promise<Response>
  /**
   * The path of a pattern with these parameters, percent-encoded, from the router's own root: where the router is
   * mounted, put `environ.scriptName` before it. A group is left out where a parameter in it is missing.
   *
   * @throws TypeError where the pattern is not in the table, a parameter is missing or empty, or the path would not
   *   come back as it is: it has a segment `.` or `..`, or begins with `//`.
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
   * The table in its order, an entry for each method of each pattern. In the place of a mounted router stand its routes,
   * with the whole pattern; a router that is wrapped in middleware is an application like any other.
   *
   * @example
   * ```ts
   * import { text } from '@tsgi/core'
   * import { router } from '@tsgi/router'
   *
   * const users = router({ '/:id': { GET: () => text('a user'), DELETE: () => text('gone') } })
   * const app = router({ '/': () => text('home'), '/users/*rest': users })
   * const lines = app.routes().map(({ method, pattern }) => `${method} ${pattern}`)
   * lines // => ['* /', 'GET /users/:id', 'DELETE /users/:id']
   * ```
   */
  routes(): readonly Route[]
}

/**
 * The same without a stack: an application that needs more than `params` is refused, and the message names what it
 * needs.
 */
export function router<const Pattern extends string>(
  table: RouteTable<Pattern>,
  options?: RouterOptions,
): Router<Pattern>
/**
 * An application that chooses another by path and method.
 *
 * `web` is the middleware around every route. It is applied once, around the whole router, so that what it adds is on
 * the router's own answers too: 404, 405, 400, and what a handler's {@link HttpError} is answered with.
 *
 * Patterns are those of path-to-regexp 9: `:name` is one segment or a part of one, `*name` one or more segments, `{…}`
 * is optional. A pattern matches what path-to-regexp's `match` says with `sensitive: true` and `trailing: false`: case
 * counts, and so does a slash at the end (`/users{/}` takes both). Paths are compared percent-encoded, as received; the
 * text of a pattern may be written encoded or not. The empty path is taken for `/` (RFC 9110 §4.2.3).
 *
 * Where several patterns match, the most specific one is chosen, whatever the order of the table. Patterns are compared
 * from the left, segment by segment, and the first difference decides. Of two segments this one comes first:
 *
 * 1. text (`users`);
 * 2. text with parameters (`v:major`): with the longer text before its first parameter, then with more text in all;
 * 3. a parameter (`:name`);
 * 4. a segment with a wildcard, compared together with all that follows it: with the longer text before its first
 *    parameter or wildcard, then with more text in all.
 *
 * What is equal so far is ordered by its code units, a parameter before a wildcard, and both before text. A pattern with
 * optional groups is compared by that of its forms, with each group taken or left, which matches the path.
 *
 * A pattern that ends in a wildcard which is a whole segment mounts its application: what was matched before the
 * wildcard moves from `pathInfo` to `scriptName`. `/admin/*rest` takes what is below `/admin/`; `/admin{/{*rest}}` takes
 * `/admin` and `/admin/` as well.
 *
 * An application gets a copy of the environ with `params`: its pattern's, decoded, and those of the routers around this
 * one. A path that is not percent-encoded UTF-8 is answered 400.
 *
 * @throws TypeError where something in the table is no pattern, method or application, or where two patterns match the
 *   same paths; the message names them.
 *
 * @example
 * ```ts
 * import { extend, json, type Middleware, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { router } from '@tsgi/router'
 *
 * const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'Ada' }))
 *
 * const app = router(user, {
 *   '/': ({ user }) => text(`Hello ${user}`),
 *   '/users/:id': { GET: ({ params }) => json({ id: params.id }) },
 * })
 * const web = client(app)
 * const home = await web.get('/')
 * await home.text() // => 'Hello Ada'
 * const found = await web.get(app.href('/users/:id', { id: '7' }))
 * await found.json() // => { id: '7' }
 * const refused = await web.delete('/users/7')
 * refused.headers.get('allow') // => 'GET, HEAD, OPTIONS'
 * ```
 */
export function router<Provides extends object, Requires extends object, const Pattern extends string>(
  web: Middleware<Provides, Requires>,
  table: RouteTable<Pattern, NoInfer<Provides & Requires>>,
  options?: RouterOptions<NoInfer<Provides & Requires>>,
): Router<Pattern, Requires>
export function router(...given: readonly unknown[]): Router<string> {
  const web = typeof given[0] === 'function' ? (given[0] as Middleware) : undefined
  const [table, options = {}] = web === undefined ? given : given.slice(1)
  const { fallback = notFound } = options as RouterOptions
  if (typeof fallback !== 'function') throw new TypeError('router: fallback must be an application')
  const { patterns, tree } = compileTable(table)

  // For one lookup at a time: what it notes is read before anything else is called.
  const places: Places = []
  const dispatch: Application = (environ) => {
    const { method, pathInfo } = environ
    const match = tree.find(pathInfo === '' ? '/' : pathInfo, places)
    if (match !== undefined) {
      return match.route.methods.answering(method)(routed(environ, match, places) as never)
    }
    if (!decodes(pathInfo)) throw undecodable()
    return fallback(environ)
  }
  const answer: Application = (environ) => respond(dispatch, environ)
  const app = web === undefined ? answer : web(answer)

  return Object.assign(
    function router(environ: Environ) {
      return app(environ)
    },
    {
      href(pattern: string, params?: Readonly<Record<string, unknown>>) {
        const compiled = patterns.get(pattern)
        if (compiled === undefined) throw new TypeError(`href: '${pattern}' is not in the table`)
        return compiled.href(params)
      },
      routes: () => listRoutes(patterns.values()),
    },
  )
}

/**
 * The environ of the application that a path leads to. It is a copy even where nothing is mounted: whoever called the
 * router may give the same environ to another one, and that must not find these parameters in it.
 */
function routed(
  environ: Environ & { readonly params?: unknown },
  { route, form }: Match<Compiled>,
  places: Places,
): Environ {
  const { scriptName, pathInfo, params: outer } = environ
  const params = readParams(form.keys, pathInfo, places, outer)
  const inner = route.mount
    ? moved(environ, form.open ? places[2 * form.keys.length - 2] : undefined)
    : withPath(environ, { scriptName, pathInfo })
  return extend(inner, { params })
}

const notFound: Application = () => {
  throw new HttpError(404)
}
