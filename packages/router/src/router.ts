import {
  type Application,
  derive,
  type Environ,
  extend,
  HttpError,
  type Middleware,
  respond,
} from '@tsgi/core'
import type { Form } from './form.ts'
import { type HrefArguments, hrefOf } from './href.ts'
import { type Methods, methodsOf } from './methods.ts'
import { isMount, moved } from './mount.ts'
import { readParams, undecodable } from './params.ts'
import { decodes, formsOf, parsePattern } from './pattern.ts'
import { listRoutes, type Route } from './routes.ts'
import type { RouteTable } from './table.ts'
import { type Match, Tree } from './tree.ts'

/** The options of {@link router}. */
export interface RouterOptions<Needs extends object = object> {
  /** Answers a path that no pattern matches, inside the stack; 404 is answered unless given. */
  readonly fallback?: Application<Needs>
}

/** An application made by {@link router}. */
export interface Router<Pattern extends string, Requires extends object = object> {
  (environ: Environ & Requires): Response | Promise<Response>
  /**
   * The path of a pattern with these parameters, percent-encoded, from the router's root: where the router is
   * mounted, put `environ.scriptName` before it. An optional group is left out where a parameter of it is missing.
   *
   * @throws TypeError where a parameter is missing or empty, where the pattern is not in the table, and where the path
   *   would not come back as it is: with a segment `.` or `..`, or with `//` at its beginning.
   */
  href<P extends Pattern>(pattern: P, ...params: HrefArguments<P>): string
  /**
   * The table, one entry for each method of each pattern, in its order. The routes of a router that is mounted stand in
   * its place, with the whole pattern; a router that is wrapped in middleware is one application like any other.
   */
  routes(): readonly Route[]
}

/** One pattern of the table. */
interface Compiled {
  readonly pattern: string
  readonly forms: readonly Form[]
  readonly methods: Methods
  readonly mount: boolean
  readonly href: (params?: Readonly<Record<string, unknown>>) => string
}

/**
 * An application that chooses another by path and method.
 *
 * `web` is the middleware around every route: it is applied once, to all of the router, so that what it adds is on the
 * router's own answers too (404, 405, 400, and every {@link HttpError} of a handler).
 *
 * Patterns are those of path-to-regexp 9: `:name` is one segment or a part of one, `*name` several, `{…}` optional. A
 * pattern and a path match as path-to-regexp's `match` says with `sensitive: true` and `trailing: false`: case counts,
 * and so does a slash at the end (`/users{/}` takes both). Text is compared percent-encoded, as browsers encode it, and
 * may be written either way in the pattern. The empty path is `/` (RFC 9110 §4.2.3).
 *
 * Where several patterns match, the order of the table does not matter. They are compared segment by segment from the
 * left; the first difference decides:
 * 1. text, as `users`
 * 2. text and parameters, as `v:major`: first the one with the longer text before its first parameter, then the one
 *    with more text, then by the order of code units
 * 3. a parameter, as `:name`
 * 4. a segment with a wildcard: first the one with the longer text before its first parameter or wildcard, then the one
 *    with more text up to the pattern's end, then the one with fewer wildcards, then by the order of code units
 *
 * A pattern with optional groups stands for each of its forms. Its parameters are those that `match` finds.
 *
 * A pattern that ends in a wildcard which is a whole segment (`/admin/*rest`, or `/admin{/*rest}` to have `/admin` too)
 * mounts its application: what was matched before the wildcard has moved from `pathInfo` to `scriptName`.
 *
 * A handler's environ is a copy with `params`: the router's own, and those of the routers it is mounted in. Nothing of
 * it is seen outside.
 *
 * @throws TypeError where the table has no pattern, application or method, each named, or two patterns match the same
 *   paths: both are named.
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
export function router<const Pattern extends string>(
  table: RouteTable<Pattern>,
  options?: RouterOptions,
): Router<Pattern>
export function router<Provides extends object, Requires extends object, const Pattern extends string>(
  web: Middleware<Provides, Requires>,
  table: RouteTable<Pattern, NoInfer<Provides & Requires>>,
  options?: RouterOptions<NoInfer<Provides & Requires>>,
): Router<Pattern, Requires>
export function router(...given: readonly unknown[]): Router<string> {
  const web = typeof given[0] === 'function' ? (given[0] as Middleware) : undefined
  const [table, options = {}] = web === undefined ? given : given.slice(1)
  const { fallback = notFound } = options as RouterOptions
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    throw new TypeError('router: table must be an object of patterns')
  }
  if (typeof fallback !== 'function') throw new TypeError('router: fallback must be an application')

  const patterns = new Map<string, Compiled>()
  const tree = new Tree<Compiled>()
  for (const [pattern, value] of Object.entries(table)) {
    const compiled = compilePattern(pattern, value)
    const other = tree.add(compiled, compiled.forms)
    if (other !== undefined) {
      throw new TypeError(`router: '${other.pattern}' and '${pattern}' match the same paths`)
    }
    patterns.set(pattern, compiled)
  }

  const dispatch: Application = (environ) => {
    const { pathInfo } = environ
    const match = tree.find(pathInfo === '' ? '/' : pathInfo)
    if (match !== undefined) {
      const application = match.route.methods.answering(environ.method)
      return application(routed(environ, match) as never)
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

function compilePattern(pattern: string, value: unknown): Compiled {
  const tokens = parsePattern(pattern)
  const forms = formsOf(tokens)
  return {
    pattern,
    forms,
    methods: methodsOf(pattern, value),
    mount: isMount(tokens.tokens, forms),
    href: hrefOf(tokens),
  }
}

/**
 * The environ of the application that a path leads to. It is a copy where nothing is mounted too: the one outside may
 * be given to another router afterwards, which must not find these parameters in it.
 */
function routed(
  environ: Environ & { readonly params?: unknown },
  { route, form, found }: Match<Compiled>,
): Environ {
  const { scriptName, pathInfo, params } = environ
  const inner = route.mount
    ? moved(environ, form.open ? found.at(-1) : undefined)
    : derive(environ, { scriptName, pathInfo })
  return extend(inner, { params: readParams(form.keys, found, params) })
}

const notFound: Application = () => {
  throw new HttpError(404)
}
