import { type Application, metadataOf } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { type ArgsDeclaration, schemasOf } from './declaration.ts'
import { type MergedMetadata, mergeMetadata } from './metadata.ts'
import type { OpenApiOptions } from './options.ts'

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

/** A route that is part of a document. */
export interface VisibleRoute {
  readonly pattern: string
  /** The method in lower case. */
  readonly method: string
  readonly declaration: ArgsDeclaration
  readonly metadata: MergedMetadata
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Not `security` and `responses`: authentication around a site describes all of its pages. */
const DESCRIPTIONS = ['summary', 'description', 'tags', 'operationId', 'deprecated'] as const

/**
 * Lists the routes of a document: those that are not hidden, that the filter accepts, and whose method OpenAPI knows.
 *
 * @throws TypeError if the application lists no routes, or the filter returns something else than a boolean.
 */
export function visibleRoutes(
  app: RouteSource | Application<never>,
  filter: OpenApiOptions['filter'],
): VisibleRoute[] {
  return [...routesIn(app)].flatMap(({ pattern, method, application }) => {
    const metadata = mergeMetadata(metadataOf(application as Application<never>))
    const schemas = schemasOf(application)
    const isDescribed = schemas !== undefined || DESCRIPTIONS.some((key) => metadata[key] !== undefined)
    if (metadata.hidden || !isAccepted(filter, { pattern, method, metadata, isDescribed })) return []
    const declaration = schemas ?? {}
    const name = method === '*' ? (declaration.body ? 'post' : 'get') : method.toLowerCase()
    return METHODS.includes(name) ? [{ pattern, method: name, declaration, metadata }] : []
  })
}

function isAccepted(
  filter: OpenApiOptions['filter'],
  route: Parameters<NonNullable<OpenApiOptions['filter']>>[0],
): boolean {
  if (filter === undefined) return true
  const result: unknown = filter(route)
  if (typeof result === 'boolean') return result
  throw new TypeError(`openapi: filter must return true or false, got ${describe(result)}`)
}

function routesIn(app: unknown): ReturnType<RouteSource['routes']> {
  const source = Object(app) as RouteSource
  if (typeof source.routes === 'function') return source.routes()
  throw new TypeError('openapi: app must be a router or an application around one, got one without routes')
}
