import type { Application } from '@tsgi/core'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import { toJsonSchema } from '../schema/json-schema.ts'
import type { ArgsDeclaration } from './declaration.ts'
import { type RouteSource, visibleRoutes } from './visible-routes.ts'

/**
 * Lists the schemas that {@link openapi} describes as `{}`, because their library does not implement Standard JSON Schema or
 * cannot convert them: `['GET /users: query']`.
 *
 * @throws TypeError if there is no router in `app`.
 *
 * @example
 * ```ts
 * import { args, undescribedSchemas } from '@tsgi/args'
 * import { text } from '@tsgi/core'
 * import { router } from '@tsgi/router'
 * import * as v from 'valibot'
 *
 * const app = router({ '/users': { GET: args({ query: v.object({ q: v.string() }) })(() => text('')) } })
 * undescribedSchemas(app) // => ['GET /users: query']
 * ```
 */
export function undescribedSchemas(app: RouteSource | Application<never>): string[] {
  return visibleRoutes(app, undefined).flatMap(({ pattern, method, declaration }) =>
    schemasIn(declaration)
      .filter(([, schema]) => toJsonSchema(schema, () => {}) === undefined)
      .map(([part]) => `${method.toUpperCase()} ${pattern}: ${part}`),
  )
}

function schemasIn({ body, responses = {}, ...parts }: ArgsDeclaration): [string, StandardSchemaV1][] {
  const { path, query, headers, cookies } = parts
  const named = Object.entries({ path, query, headers, cookies, body: body?.schema })
  return [
    ...named.flatMap(([name, schema]): [string, StandardSchemaV1][] => (schema ? [[name, schema]] : [])),
    ...Object.entries(responses).map(([status, schema]): [string, StandardSchemaV1] => [
      `responses[${status}]`,
      schema,
    ]),
  ]
}
