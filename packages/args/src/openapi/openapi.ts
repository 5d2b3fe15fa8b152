import { ComponentSchemas } from './components.ts'
import { schemasOf } from './declaration.ts'
import type { OpenApiDocument, OpenApiInfo } from './document.ts'
import { makeOperation } from './operation.ts'
import { pathTemplates } from './path-template.ts'

/** What lists its routes, as a router does. */
export interface Routes {
  routes(): Iterable<{
    /** A pattern of path-to-regexp 9. */
    readonly pattern: string
    /** A method in upper case, or `*` for every method. */
    readonly method: string
    readonly application: (environ: never) => unknown
  }>
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/**
 * The OpenAPI 3.1 document of a router's table: what {@link args} was told of each route, with the answers that it
 * gives itself. A route that has no `args`, or has another middleware around it, is listed by its path alone.
 *
 * A route for every method is listed as `post` where it has a body, else as `get`; a method that OpenAPI does not know
 * is left out. A pattern with optional groups is one path for each way to take them. `operationId` is made of the
 * method and the path; where two routes would have the same one, the later gets a number.
 *
 * Schemas say what goes in, as it is sent. Their `description`, `deprecated`, `examples` and `id` come from zod's
 * `meta`: a schema with an `id` is a component. The document is a plain object: add `servers`, `security` or summaries
 * to it as you like; to list some of the routes only, give an object whose `routes()` returns those.
 *
 * Source: OpenAPI Specification 3.1.1.
 *
 * @throws TypeError where a pattern is none.
 *
 * @example
 * ```ts
 * import { args, openapi } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { z } from 'zod'
 *
 * const User = z.object({ name: z.string() }).meta({ id: 'User' })
 * const getUser = args({ path: z.object({ id: z.string() }), returns: { 200: User } })(() => json({ name: 'Ada' }))
 * const table = { routes: () => [{ pattern: '/users/:id', method: 'GET', application: getUser }] }
 *
 * const document = openapi(table, { title: 'Users', version: '1.0.0' })
 * const operation = document.paths['/users/{id}']?.['get']
 * operation?.operationId // => 'getUsersId'
 * operation?.parameters // => [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }]
 * document.components.schemas['User']?.['required'] // => ['name']
 * ```
 */
export function openapi(app: Routes, info: OpenApiInfo): OpenApiDocument {
  const components = new ComponentSchemas()
  const paths: OpenApiDocument['paths'] = {}
  const ids = new Set<string>()
  for (const { pattern, method, application } of app.routes()) {
    const declared = schemasOf(application) ?? {}
    const name = method === '*' ? (declared.body ? 'post' : 'get') : method.toLowerCase()
    if (!METHODS.includes(name)) continue
    for (const template of pathTemplates(pattern)) {
      const operations = paths[template.path] ?? {}
      paths[template.path] = operations
      operations[name] ??= makeOperation(uniqueId(name, template.path, ids), template, declared, components)
    }
  }
  return { openapi: '3.1.1', info, paths, components: { schemas: components.all } }
}

/** As `getUsersId` for `GET /users/{id}`. */
function uniqueId(method: string, path: string, taken: Set<string>): string {
  const words = path.match(/[\p{L}\p{N}]+/gu) ?? []
  const base = method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
  let id = base
  for (let count = 2; taken.has(id); count++) id = `${base}_${count}`
  taken.add(id)
  return id
}
