import type { Environ } from './environ.ts'

/** The pattern of the mounts around the application, if it differs from `scriptName`. */
const mountPattern = Symbol('tsgi.mountPattern')
type Mounted = { [mountPattern]?: string }

/** A method of the prototype that creates the copies for {@link withPath}. The linter's prototype has one. */
export const copying: unique symbol = Symbol('tsgi.copying')
type Mutable<E> = { -readonly [K in keyof E]: E[K] }
type Copying = { [copying]?: (environ: Environ) => object }

/**
 * Copies the environ with another `scriptName` and `pathInfo`, as a mount does for the application inside. The copy has its
 * own keys, so the outer environ never changes. Both share the request, the signal and everything else that is created on
 * first use.
 *
 * @param pattern The pattern of the part that moves from `pathInfo` to `scriptName`, for `environ.route`; by default, the
 *   part itself.
 *
 * @example
 * ```ts
 * import { type Application, withPath, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const inner: Application = ({ scriptName, pathInfo }) => text(`${scriptName} ${pathInfo}`)
 * const outer: Application = (environ) => inner(withPath(environ, { scriptName: '/api', pathInfo: '/users' }))
 *
 * const response = await client(outer).get('/api/users')
 * await response.text() // => '/api /users'
 * ```
 */
export function withPath<E extends Environ>(
  environ: E,
  path: Pick<Environ, 'scriptName' | 'pathInfo'>,
  pattern?: string,
): E {
  // Members that are created on first use live on the prototype: copying own keys creates none of them.
  const copy = ((environ as Copying)[copying]?.(environ) ??
    Object.assign(Object.create(Object.getPrototypeOf(environ)), environ)) as Mutable<E> & Mounted
  copy.scriptName = path.scriptName
  copy.pathInfo = path.pathInfo
  const before: string | undefined = (environ as Mounted)[mountPattern]
  if (pattern !== undefined || before !== undefined) {
    const moved = pattern ?? path.scriptName.slice(environ.scriptName.length)
    copy[mountPattern] = (before ?? environ.scriptName) + moved
  }
  return copy
}

/**
 * Sets `environ.route`, for the middleware around the router as well. Call it in a router before you call the
 * application of the route.
 *
 * @param pattern The pattern that matched `pathInfo`. The patterns of the mounts around the router are put in front of
 *   it. `undefined` if nothing matched.
 *
 * @example
 * ```ts
 * import { type Middleware, mount, setRoute, text, withPath } from '@tsgi/core'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const environ = testEnviron('/acme/users/7')
 * setRoute(withPath(environ, { scriptName: '/acme', pathInfo: '/users/7' }, '/:company'), '/users/:id')
 * environ.route // => '/:company/users/:id'
 * ```
 */
export function setRoute(environ: Environ, pattern: string | undefined): void {
  const writable = environ as { route: string | undefined }
  writable.route =
    pattern === undefined ? undefined : ((environ as Mounted)[mountPattern] ?? environ.scriptName) + pattern
}
