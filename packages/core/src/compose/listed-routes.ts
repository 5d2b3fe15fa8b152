import type { Application } from '../contract/application.ts'

/** A route as routers list them. */
export interface ListedRoute {
  readonly pattern: string
  readonly method: string
  readonly application: Application<never>
}

/** Returns the function that lists the routes of an application, or `undefined` if it lists none. */
export function listedRoutes(app: Application<never>): (() => readonly ListedRoute[]) | undefined {
  if (!('routes' in app) || typeof app.routes !== 'function') return undefined
  const { routes } = app
  return () => routes.call(app)
}
