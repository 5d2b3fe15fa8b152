import type { Application } from '@tsgi/core'
import type { AnyApplication, Methods } from './methods.ts'
import { mountedPattern } from './mount.ts'

/** One line of a router's table, as {@link Router.routes} lists it. */
export interface Route {
  /** The pattern, from the root of the router that was asked. */
  readonly pattern: string
  /** The method, or `*` for every method. */
  readonly method: string
  readonly application: Application<never>
}

/** What is listed of a pattern. */
export interface Listed {
  readonly pattern: string
  readonly methods: Methods
  /** Whether its applications are mounted. */
  readonly mount: boolean
}

/**
 * Lists a table, in its order. In the place of a mounted application that lists routes itself, as a router does, stand
 * those of its routes that can be reached, with the pattern it is mounted at before theirs.
 */
export function listRoutes(table: Iterable<Listed>): Route[] {
  const routes: Route[] = []
  for (const { pattern, methods, mount } of table) {
    for (const [method, application] of methods.declared) {
      if (mount && listsRoutes(application)) routes.push(...inside(pattern, method, application.routes()))
      else routes.push({ pattern, method, application })
    }
  }
  return routes
}

function inside(mount: string, method: string, routes: readonly Route[]): Route[] {
  return routes
    .filter((route) => method === '*' || route.method === '*' || route.method === method)
    .flatMap((route) => {
      const pattern = mountedPattern(mount, route.pattern)
      if (pattern === undefined) return []
      return [
        { pattern, method: route.method === '*' ? method : route.method, application: route.application },
      ]
    })
}

function listsRoutes(
  application: AnyApplication,
): application is AnyApplication & { routes(): readonly Route[] } {
  return 'routes' in application && typeof application.routes === 'function'
}
