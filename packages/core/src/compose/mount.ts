import type { Application, Middleware } from '../contract/application.ts'
import { withPath } from '../contract/with-path.ts'
import { normalizePath } from '../http/path.ts'
import { describe } from '../options/describe.ts'
import { asLayer } from './layer.ts'
import { type ListedRoute, listedRoutes } from './listed-routes.ts'

/**
 * Calls `app` for paths under a prefix, and the application inside for all others.
 *
 * The prefix matches whole segments: `/admin` matches `/admin` and `/admin/users`, but not `/administrator`. For `app`, the
 * prefix moves from `pathInfo` to `scriptName`. The prefix is compared with the normalized path, so `/%61dmin` matches too.
 *
 * Source: PEP 3333 and RFC 3875 §4.1.13 for `SCRIPT_NAME` and `PATH_INFO`.
 *
 * @throws TypeError if the prefix does not start with `/`, ends with `/`, is not percent-encoded, or contains `?` or `#`.
 *
 * @example
 * ```ts
 * import { mount, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const admin = mount('/admin', ({ pathInfo }) => text(`admin: ${pathInfo}`))
 * const web = client(admin(() => text('site')))
 *
 * const inside = await web.get('/admin/users')
 * await inside.text() // => 'admin: /users'
 * const outside = await web.get('/administrator')
 * await outside.text() // => 'site'
 * ```
 */
export function mount<Needs extends object = object>(
  prefix: string,
  app: Application<Needs>,
): Middleware<object, Needs> {
  if (typeof prefix !== 'string' || !prefix.startsWith('/') || prefix.endsWith('/')) {
    throw new TypeError(`mount: prefix must start with '/' and not end with '/', got ${describe(prefix)}`)
  }
  if (!/^[\x21-\x7e]+$/.test(prefix) || /[?#]/.test(prefix)) {
    throw new TypeError(`mount: prefix must be percent-encoded, without '?' and '#', got ${describe(prefix)}`)
  }
  if (typeof app !== 'function') {
    throw new TypeError(`mount: app must be an application, got ${describe(app)}`)
  }
  const start = normalizePath(prefix)
  const inside = asLayer(app, { kind: 'application', name: `mount ${start}` })
  return <E extends Needs>(otherwise: Application<E>): Application<E> => {
    const mounted: Application<E> = function mount(environ) {
      const { pathInfo } = environ
      if (!pathInfo.startsWith(start)) return otherwise(environ)
      const rest = pathInfo.slice(start.length)
      if (rest !== '' && !rest.startsWith('/')) return otherwise(environ)
      return inside(withPath(environ, { scriptName: environ.scriptName + start, pathInfo: rest }))
    }
    return Object.assign(mounted, { routes: () => listRoutes(start, app, otherwise) })
  }
}

/** Lists the routes under the prefix, then those of the other application that the prefix does not hide. */
function listRoutes(prefix: string, app: Application<never>, otherwise: Application<never>): ListedRoute[] {
  const escaped = prefix.replace(/[:*{}()[\]+?!\\]/g, '\\$&')
  const inside = listedRoutes(app)?.().map((route) => ({
    ...route,
    pattern: route.pattern === '/' ? escaped : escaped + route.pattern,
  }))
  const others = listedRoutes(otherwise)?.() ?? []
  return [
    ...(inside ?? [{ pattern: `${escaped}{/*rest}`, method: '*', application: app }]),
    ...others.filter(({ pattern }) => pattern !== escaped && !pattern.startsWith(`${escaped}/`)),
  ]
}
