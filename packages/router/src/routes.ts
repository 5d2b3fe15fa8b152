import type { Application } from '@tsgi/core'
import type { AnyApplication, Methods } from './methods.ts'
import { joinPatterns, type Mount } from './mount.ts'

/** One line of a router's table, as listed by `Router.routes`. */
export interface Route {
  /** The pattern, starting at the root of the router that lists it. */
  readonly pattern: string
  /** The method, or `*` for every method. */
  readonly method: string
  /** The application in the table. Its type does not say what it needs, so it cannot be called from here. */
  readonly application: Application<never>
}

/** The part of a compiled pattern that is listed. */
export interface ListedPattern {
  readonly pattern: string
  readonly methods: Methods
  readonly mount: Mount | undefined
}

/**
 * Lists a table in its order, then the routes of its fallback. A mounted application that lists routes itself, such as a
 * router, is replaced by its reachable routes, each joined with the pattern of the mount.
 */
export function listRoutes(table: ReadonlyMap<string, ListedPattern>, fallback: AnyApplication): Route[] {
  const routes: Route[] = []
  for (const { pattern, methods, mount } of table.values()) {
    for (const [method, application] of methods.declared) {
      if (mount !== undefined && hasRoutes(application)) {
        routes.push(...listMounted(mount, method, application.routes()))
      } else routes.push({ pattern, method, application })
    }
  }
  const behind = hasRoutes(fallback) ? fallback.routes() : []
  return [...routes, ...behind.filter(({ pattern }) => !table.has(pattern))]
}

function listMounted(mount: Mount, method: string, routes: readonly Route[]): Route[] {
  return routes
    .filter((route) => method === '*' || route.method === '*' || route.method === method)
    .flatMap((route) => {
      const pattern = joinPatterns(mount, route.pattern)
      if (pattern === undefined) return []
      return [
        { pattern, method: route.method === '*' ? method : route.method, application: route.application },
      ]
    })
}

/** Reports whether an application lists routes. */
export function hasRoutes(
  application: AnyApplication,
): application is AnyApplication & { routes(): readonly Route[] } {
  return 'routes' in application && typeof application.routes === 'function'
}
