import {
  type Application,
  type Callable,
  checkMetadata,
  type Middleware,
  type RouteMetadata,
  withMetadata,
} from '@tsgi/core'
import { checkOptions } from '@tsgi/core/options'

const KEYS = [
  ...['summary', 'description', 'tags', 'operationId', 'deprecated', 'hidden'],
  ...['security', 'securitySchemes', 'responses'],
]

/** What {@link describe} and {@link route} say about an application. */
export type RouteDescription = Omit<RouteMetadata, 'schemas'>

/**
 * Describes all routes inside for documents such as OpenAPI. Tags are combined with those of the routes; anything else that
 * a route says itself takes precedence. `security` is needed in addition to that of the layers outside.
 *
 * @throws TypeError if a key is unknown or invalid.
 *
 * @example
 * ```ts
 * import { metadataOf, stack, text } from '@tsgi/core'
 * import { describe, router } from '@tsgi/router'
 *
 * const users = router({ '/users/:id': { GET: () => text('a user') } })
 * const [listed] = router(stack(describe({ tags: ['users'] })), { '/*rest': users }).routes()
 * listed && metadataOf(listed.application) // => [{ tags: ['users'] }]
 * ```
 */
export function describe(description: RouteDescription): Middleware {
  check('describe', description)
  return function describe<E extends object>(app: Application<E>): Application<E> {
    return withMetadata((environ) => app(environ), description, app)
  }
}

/**
 * Describes one route for documents such as OpenAPI.
 *
 * @throws TypeError if a key is unknown or invalid.
 *
 * @example
 * ```ts
 * import { json } from '@tsgi/core'
 * import { route, router } from '@tsgi/router'
 *
 * const app = router({
 *   '/users/:id': {
 *     GET: route({ summary: 'Returns a user', tags: ['users'] }, ({ params }) => json({ id: params.id })),
 *   },
 * })
 * app.routes().length // => 1
 * ```
 */
export function route<E extends object, S = unknown>(
  description: RouteDescription,
  app: Application<E> & Callable<S>,
): Application<E> & Callable<S> {
  check('route', description)
  return withMetadata((environ) => app(environ), description, app)
}

function check(factory: string, description: RouteDescription): void {
  checkOptions(factory, description, KEYS)
  checkMetadata(factory, description)
}
