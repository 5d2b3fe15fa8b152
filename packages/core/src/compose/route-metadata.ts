import type { Application } from '../contract/application.ts'
import { listedRoutes } from './listed-routes.ts'

/** Names of security schemes, each with its scopes. All of them are needed (OpenAPI 3.1 §4.8.30). */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>

/** Describes an application for documents such as OpenAPI. */
export interface RouteMetadata {
  /** One line about what it does. */
  readonly summary?: string
  /** What it does, in Markdown. */
  readonly description?: string
  /** The groups that it belongs to. Those of all layers are combined. */
  readonly tags?: readonly string[]
  /** The name of the operation, unique in the document. */
  readonly operationId?: string
  readonly deprecated?: boolean
  /** Leaves it out of every document. */
  readonly hidden?: boolean
  /**
   * The ways to authenticate, of which one is enough. They are needed in addition to those of the layers outside; an empty
   * list removes these.
   */
  readonly security?: readonly SecurityRequirement[]
  /** The schemes that `security` names (OpenAPI 3.1 §4.8.27). */
  readonly securitySchemes?: Readonly<Record<string, object>>
  /** Descriptions of error responses that a middleware adds, by status. */
  readonly responses?: Readonly<Record<number, string>>
  /** The schemas of the arguments and responses, as `@tsgi/args` declares them. */
  readonly schemas?: object
}

/** A registered symbol, so that two copies of this package can read each other's metadata. */
const key = Symbol.for('tsgi.metadata')

/**
 * Attaches metadata to an application that wraps another. If the inner application lists routes, so does the outer one, and
 * the metadata is part of each route's. Middleware uses it to describe itself, for example that a request must be
 * authenticated.
 *
 * @returns `app`, which also gets the name of the inner application.
 *
 * @example
 * ```ts
 * import { HttpError, metadataOf, type Middleware, text, withMetadata } from '@tsgi/core'
 *
 * const metadata = {
 *   security: [{ apiKey: [] }],
 *   securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
 *   responses: { 401: 'The key is missing.' },
 * }
 * const apiKey: Middleware = (app) =>
 *   withMetadata(
 *     (environ) => {
 *       if (!environ.headers.has('x-api-key')) throw new HttpError(401)
 *       return app(environ)
 *     },
 *     metadata,
 *     app,
 *   )
 * metadataOf(apiKey(() => text('Hello'))) // => [metadata]
 * ```
 */
export function withMetadata<E extends object>(
  app: Application<E>,
  metadata: RouteMetadata,
  inside: Application<never>,
): Application<E> {
  Object.defineProperty(app, 'name', { value: inside.name })
  // Enumerable, so that `Object.assign` copies it to an application around this one.
  const value = [metadata, ...metadataOf(inside)]
  Object.defineProperty(app, key, { value, enumerable: true, configurable: true })
  const routes = listedRoutes(inside)
  if (routes === undefined) return app
  return Object.assign(app, {
    routes: () =>
      [...routes()].map((route) => ({ ...route, application: around(route.application, metadata) })),
  })
}

/** Wraps the application of a route, which may be in another table, too. */
function around(app: Application<never>, metadata: RouteMetadata): Application<never> {
  return withMetadata((environ: Parameters<typeof app>[0]) => app(environ), metadata, app)
}

/**
 * Returns the metadata of an application and of those inside it, the outermost first.
 *
 * @example
 * ```ts
 * import { metadataOf, text } from '@tsgi/core'
 *
 * metadataOf(() => text('Hello')) // => []
 * ```
 */
export function metadataOf(app: Application<never>): readonly RouteMetadata[] {
  return (app as { [key]?: readonly RouteMetadata[] })[key] ?? []
}
