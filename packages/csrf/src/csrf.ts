import { type Application, type Environ, HttpError, type Middleware } from '@tsgi/core'
import { isSameHost } from '@tsgi/core/http'
import { checkOptions, checkOrigin, describe } from '@tsgi/core/options'

/**
 * The options of {@link csrf}.
 *
 * @example
 * ```ts
 * import type { CsrfOptions } from '@tsgi/csrf'
 *
 * const options: CsrfOptions = { trustedOrigins: ['https://pay.example'] }
 * ```
 */
export interface CsrfOptions {
  /** Other origins whose pages may send requests that change something. None by default. */
  readonly trustedOrigins?: readonly string[] | undefined
}

/**
 * Rejects requests that a page of another origin has sent, with status 403, unless the method is GET, HEAD or OPTIONS.
 * Requests without `Sec-Fetch-Site` and `Origin` do not come from browsers and pass.
 *
 * Source: W3C Fetch Metadata Request Headers; Fetch Standard, "append a request `Origin` header".
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { csrf } from '@tsgi/csrf'
 *
 * const web = client(csrf()(() => text('paid')))
 *
 * const own = await web.post('/pay', { headers: { 'sec-fetch-site': 'same-origin' } })
 * own.status // => 200
 * const forged = await web.post('/pay', { headers: { 'sec-fetch-site': 'cross-site' } })
 * forged.status // => 403
 * ```
 */
export function csrf(options: CsrfOptions = {}): Middleware {
  const trusted = readTrustedOrigins(options)

  return function csrf<E extends object>(app: Application<E>): Application<E> {
    return function csrf(environ: Environ & E) {
      const { method } = environ
      if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return app(environ)
      const problem = problemOf(environ, trusted)
      if (problem !== undefined) throw new HttpError(403, problem)
      return app(environ)
    }
  }
}

function readTrustedOrigins(options: CsrfOptions): ReadonlySet<string> {
  checkOptions('csrf', options, ['trustedOrigins'])
  const { trustedOrigins = [] } = options
  if (!Array.isArray(trustedOrigins)) {
    throw new TypeError(`csrf: trustedOrigins must be a list of origins, got ${describe(trustedOrigins)}`)
  }
  for (const [index, origin] of trustedOrigins.entries())
    checkOrigin(`csrf: trustedOrigins[${index}]`, origin)
  return new Set(trustedOrigins)
}

/** Returns why a request that may change something is rejected, or `undefined` if it passes. */
function problemOf({ headers, host }: Environ, trusted: ReadonlySet<string>): string | undefined {
  // An empty field counts as none: a proxy may have emptied it, a page cannot.
  const site = headers.get('sec-fetch-site') || null
  if (site === 'same-origin' || site === 'none') return undefined
  const origin = headers.get('origin') || null
  if (origin !== null && trusted.has(origin)) return undefined
  if (site === 'cross-site') return 'The request was sent from another site (Sec-Fetch-Site: cross-site).'
  if (site === 'same-site') {
    return 'The request was sent from another origin of the same site (Sec-Fetch-Site: same-site).'
  }
  if (site !== null) return 'The request has an unknown value in Sec-Fetch-Site.'
  if (origin === null || isSameHost(origin, host)) return undefined
  return origin === 'null'
    ? 'The request does not say which page sent it (Origin: null).'
    : 'The Origin of the request is not the host that it was sent to.'
}
