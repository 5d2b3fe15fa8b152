import { type Application, chain, type Environ, handle, type Middleware, redirect } from '@tsgi/core'
import { trimTrailingSlashes } from '@tsgi/core/gateway'
import { checkOptions, describe } from '@tsgi/core/options'

/**
 * The options of {@link trailingSlash}.
 *
 * @example
 * ```ts
 * import type { TrailingSlashOptions } from '@tsgi/toolbox'
 *
 * const options: TrailingSlashOptions = { mode: 'add' }
 * ```
 */
export interface TrailingSlashOptions {
  /** Whether paths end with a slash (`'add'`) or do not (`'remove'`). Default: `'remove'`. */
  readonly mode?: 'add' | 'remove' | undefined
}

/**
 * Redirects a path that the application does not know to the same path without its trailing slash, or with one. The
 * application is asked first: a path that it knows is never redirected, so there are no redirect loops.
 *
 * The redirect is a 308, which keeps the method and the body, and keeps the query. It never leads to another host.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { client } from '@tsgi/core/testing'
 * import { text } from '@tsgi/core'
 * import { router } from '@tsgi/router'
 * import { trailingSlash } from '@tsgi/toolbox'
 *
 * const web = client(trailingSlash()(router({ '/about': () => text('About us') })))
 * const response = await web.get('/about/?lang=en')
 * response.status // => 308
 * response.headers.get('location') // => '/about?lang=en'
 * ```
 */
export function trailingSlash(options: TrailingSlashOptions = {}): Middleware {
  checkOptions('trailingSlash', options, ['mode'])
  const { mode = 'remove' } = options
  if (mode !== 'add' && mode !== 'remove') {
    throw new TypeError(`trailingSlash: mode must be 'add' or 'remove', got ${describe(mode)}`)
  }
  const targetOf = mode === 'add' ? withSlash : withoutSlash

  return function trailingSlash<E extends object>(app: Application<E>): Application<E> {
    return function trailingSlash(environ: Environ & E) {
      const { scriptName, pathInfo, queryString } = environ
      return chain(handle(app, environ), (response) => {
        const path = response.status === 404 ? targetOf(scriptName, pathInfo) : undefined
        if (path === undefined) return response
        // Nobody reads it. Ignore errors from cancelling.
        response.body?.cancel().catch(() => {})
        return redirect(queryString === '' ? path : `${path}?${queryString}`, 308)
      })
    }
  }
}

function withoutSlash(scriptName: string, pathInfo: string): string | undefined {
  const path = scriptName + pathInfo
  const trimmed = onThisHost(trimTrailingSlashes(path))
  return path.endsWith('/') && trimmed !== '/' ? trimmed : undefined
}

/** A last segment with a dot is a file. */
function withSlash(scriptName: string, pathInfo: string): string | undefined {
  const path = scriptName + pathInfo
  return path.endsWith('/') || path.lastIndexOf('.') > path.lastIndexOf('/')
    ? undefined
    : onThisHost(`${path}/`)
}

/** `//evil.example` would be another host. */
function onThisHost(path: string): string {
  return path.replace(/^\/*/, '/')
}
