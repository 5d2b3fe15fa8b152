import type { Application } from '@tsgi/core'
import { ComponentSchemas } from './components.ts'
import { schemasOf } from './declaration.ts'
import type { OpenApiDocument, OpenApiInfo } from './document-types.ts'
import { makeOperation } from './operation.ts'
import { pathTemplates } from './path-template.ts'

/** An application that lists its routes: a router, or a `stack` or `mount` around one. */
export interface RouteSource {
  routes(): Iterable<{
    /** A path-to-regexp 9 pattern. */
    readonly pattern: string
    /** A method in upper case, or `*` for every method. */
    readonly method: string
    readonly application: (environ: never) => unknown
  }>
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/**
 * Returns the OpenAPI 3.1 document of a router: the arguments and responses that {@link args} declares for each route, and
 * the error responses of `args` itself. Declarations of an `args` around a router apply to all of its routes. A route
 * without `args` only has its path.
 *
 * `openapi` finds routers and `args` inside `stack`, `mount` and other routers, but not inside a middleware that is applied
 * without `stack`, as in `signedIn(users)`: write `stack(signedIn)(users)`, or copy the properties of the application in
 * the middleware with `Object.assign(outer, app)`.
 *
 * A route for every method is listed as `post` if it has a body and as `get` otherwise. Methods that OpenAPI does not know
 * are left out. A pattern with optional groups becomes one path for each combination of them. `operationId` is created
 * from the method and the path, with a number if it is already used.
 *
 * Schemas describe the request and the response as they are sent. With zod, `meta` adds `description`, `deprecated` and
 * `examples`, and turns a schema with an `id` into a component. The document is a plain object, so you can add `servers`,
 * `security` or summaries. To list only some of the routes, pass an object whose `routes()` returns those.
 *
 * Source: OpenAPI Specification 3.1.1.
 *
 * @throws TypeError if a pattern is invalid, or if there is no router in `app`.
 *
 * @example
 * ```ts
 * import { args, openapi } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { z } from 'zod'
 *
 * const User = z.object({ name: z.string() }).meta({ id: 'User' })
 * const getUser = args({ path: z.object({ id: z.string() }), responses: { 200: User } })(() => json({ name: 'Ada' }))
 * const table = { routes: () => [{ pattern: '/users/:id', method: 'GET', application: getUser }] }
 *
 * const document = openapi(table, { title: 'Users', version: '1.0.0' })
 * const operation = document.paths['/users/{id}']?.['get']
 * operation?.operationId // => 'getUsersId'
 * operation?.parameters // => [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }]
 * document.components.schemas['User']?.['required'] // => ['name']
 * ```
 */
export function openapi(app: RouteSource | Application<never>, info: OpenApiInfo): OpenApiDocument {
  const components = new ComponentSchemas()
  const paths: OpenApiDocument['paths'] = {}
  const ids = new Set<string>()
  for (const { pattern, method, application } of routesIn(app)) {
    const declaration = schemasOf(application) ?? {}
    const name = method === '*' ? (declaration.body ? 'post' : 'get') : method.toLowerCase()
    if (!METHODS.includes(name)) continue
    for (const template of pathTemplates(pattern)) {
      const operations = paths[template.path] ?? {}
      paths[template.path] = operations
      operations[name] ??= makeOperation(
        uniqueId(name, template.path, ids),
        template,
        declaration,
        components,
      )
    }
  }
  return { openapi: '3.1.1', info, paths, components: { schemas: components.all } }
}

function routesIn(app: object): ReturnType<RouteSource['routes']> {
  if ('routes' in app && typeof app.routes === 'function') return app.routes()
  throw new TypeError('openapi: app must be a router or an application around one, got one without routes')
}

/** Creates an id such as `getUsersId` for `GET /users/{id}`. */
function uniqueId(method: string, path: string, taken: Set<string>): string {
  const words = path.match(/[\p{L}\p{N}]+/gu) ?? []
  const base = method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
  let id = base
  for (let count = 2; taken.has(id); count++) id = `${base}_${count}`
  taken.add(id)
  return id
}
