import type { Application } from '@tsgi/core'
import { ComponentSchemas } from './components.ts'
import type { OpenApiDocument } from './document-types.ts'
import { makeOperation } from './operation.ts'
import { OperationIds } from './operation-ids.ts'
import { checkOpenApiOptions, infoOf, OPENAPI_OPTIONS, type OpenApiOptions } from './options.ts'
import { pathTemplates } from './path-template.ts'
import { SecuritySchemes } from './security-schemes.ts'
import { type RouteSource, visibleRoutes } from './visible-routes.ts'

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
 * are left out, and so are WebSockets, `hidden` routes and those that `filter` rejects, with their schemas. A pattern with
 * optional groups becomes one path for each combination of them. Unless a route has an `operationId`, it is created from
 * the method and the path, with a number if it is already used.
 *
 * Schemas describe the request and the response as they are sent. With zod, `meta` adds `description`, `deprecated` and
 * `examples`, and turns a schema with an `id` into a component. `summary`, `tags` and other facts about a route come from
 * `args`, and from `route` and `describe` of `@tsgi/router`. Authentication middleware describes itself.
 *
 * Source: OpenAPI Specification 3.1.1.
 *
 * @throws TypeError if an option or a pattern is invalid, if there is no router in `app`, if two routes declare the same
 *   `operationId`, or if a security scheme is declared twice or not at all.
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
export function openapi(app: RouteSource | Application<never>, options: OpenApiOptions): OpenApiDocument {
  checkOpenApiOptions('openapi', options, OPENAPI_OPTIONS)
  const { servers, security, filter } = options
  const routes = visibleRoutes(app, filter)
  const components = new ComponentSchemas()
  const schemes = new SecuritySchemes(routes.map(({ metadata }) => metadata))
  const ids = new OperationIds(
    routes.map(({ metadata, method, pattern }) => [
      metadata.operationId,
      `${method.toUpperCase()} ${pattern}`,
    ]),
  )
  const paths: OpenApiDocument['paths'] = {}
  for (const route of routes) {
    const { pattern, method, metadata } = route
    let declaredId = metadata.operationId
    for (const template of pathTemplates(pattern)) {
      const operations = paths[template.path] ?? {}
      paths[template.path] = operations
      if (operations[method] !== undefined) continue
      const id = declaredId ?? ids.create(method, template.path)
      operations[method] = makeOperation(id, template, route, components)
      // The other paths of a pattern with optional groups.
      declaredId = undefined
    }
  }
  schemes.check(security)
  return {
    openapi: '3.1.1',
    info: infoOf(options),
    ...(servers && { servers }),
    ...(security && { security }),
    paths,
    components: { schemas: components.all, ...schemes.component },
  }
}
