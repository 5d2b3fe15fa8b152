import type { SecurityRequirement } from '@tsgi/core'
import { checkMetadata } from '@tsgi/core'
import { checkOptions, describe } from '@tsgi/core/options'
import type { OpenApiInfo, OpenApiServer } from './document-types.ts'
import type { MergedMetadata } from './metadata.ts'

/** A route, as the option `filter` of {@link openapi} gets it. */
export interface DocumentedRoute {
  /** The pattern of the router, with the mounts around it. */
  readonly pattern: string
  /** The method in upper case, or `*` for every method. */
  readonly method: string
  /** The metadata of the route and of all layers around it. */
  readonly metadata: MergedMetadata
  /** Whether `args`, `route` or `describe` describes the route. Pages usually have none of them. */
  readonly isDescribed: boolean
}

/** The options of {@link openapi}: facts about the API, and which routes the document has. */
export interface OpenApiOptions extends OpenApiInfo {
  /** The servers of the API. Their URLs may be relative to the document. */
  readonly servers?: readonly OpenApiServer[]
  /** The ways to authenticate for routes that do not say so themselves. */
  readonly security?: readonly SecurityRequirement[]
  /** Returns whether the document has a route. Default: all routes that are not `hidden`. */
  readonly filter?: (route: DocumentedRoute) => boolean
}

const INFO = ['title', 'version', 'summary', 'description', 'termsOfService', 'contact', 'license']

/** The names of the options of {@link openapi}. */
export const OPENAPI_OPTIONS: readonly string[] = [...INFO, 'servers', 'security', 'filter']

/** Throws a `TypeError` that names an unknown or invalid option. */
export function checkOpenApiOptions(
  factory: string,
  options: OpenApiOptions,
  known: readonly string[],
): void {
  checkOptions(factory, options, known)
  const { title, version, servers = [], security, filter } = options
  for (const [name, value] of Object.entries({ title, version })) {
    if (typeof value === 'string' && value !== '') continue
    throw new TypeError(`${factory}: ${name} must be text that is not empty, got ${describe(value)}`)
  }
  if (!Array.isArray(servers) || !servers.every((server) => typeof Object(server).url === 'string')) {
    const expected = "a list of servers such as { url: 'https://api.example' }"
    throw new TypeError(`${factory}: servers must be ${expected}, got ${describe(servers)}`)
  }
  if (filter !== undefined && typeof filter !== 'function') {
    throw new TypeError(`${factory}: filter must be a function, got ${describe(filter)}`)
  }
  checkMetadata(factory, security === undefined ? {} : { security })
}

/** Returns the part of the options that is the document's `info`. */
export function infoOf(options: OpenApiOptions): OpenApiInfo {
  const info = Object.entries(options).filter(([name, value]) => INFO.includes(name) && value !== undefined)
  return Object.fromEntries(info) as unknown as OpenApiInfo
}
