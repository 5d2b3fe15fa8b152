import {
  type Application,
  chain,
  type Environ,
  extend,
  handle,
  type Middleware,
  withHeaders,
} from '@tsgi/core'
import { nextNonce } from './csp/nonce-pool.ts'
import { type Field, planHeaders } from './plan-headers.ts'
import type { SecureHeadersNonce } from './provided-nonce.ts'
import type { SecureHeadersOptions } from './secure-headers-options.ts'
import { isPublicHost } from './transport-security.ts'

/**
 * Adds security headers to every response, including error responses. A header that the response already has is kept.
 *
 * If the policy has a {@link NONCE}, as the default policy has, adds `nonce` to the environ: a random text, new for each
 * request, for the `nonce` attribute of inline scripts and styles.
 *
 * @throws TypeError if an option or a directive is unknown or invalid.
 *
 * @example
 * ```ts
 * import { stack } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { secureHeaders } from '@tsgi/secure-headers'
 * import { markup, page } from '@tsgi/templates/markup'
 *
 * const application = stack(secureHeaders())(({ nonce }) =>
 *   page(markup`<script nonce="${nonce}">console.log('runs')</script>`),
 * )
 *
 * const { headers } = await client(application).get('/')
 * headers.get('content-security-policy')?.split('nonce')[0] // => "default-src 'self'; script-src 'self' '"
 * headers.get('x-content-type-options') // => 'nosniff'
 * ```
 */
export function secureHeaders<const O extends SecureHeadersOptions = object>(
  options: O = {} as O,
): Middleware<SecureHeadersNonce<O>> {
  const { http, https, transportSecurity, needsNonce } = planHeaders(options)

  const middleware = function secureHeaders(app: Application): Application {
    return function secureHeaders(environ: Environ) {
      const nonce = needsNonce ? nextNonce() : ''
      const isSecure = environ.scheme === 'https'
      const hsts = isSecure && isPublicHost(environ.host) ? transportSecurity : undefined
      const inner = needsNonce ? extend(environ, { nonce }) : environ
      return chain(handle(app, inner), (response) =>
        withFields(response, isSecure ? https : http, nonce, hsts),
      )
    }
  }
  return middleware as Middleware<SecureHeadersNonce<O>>
}

function withFields(
  response: Response,
  fields: readonly Field[],
  nonce: string,
  transportSecurity: string | undefined,
): Response {
  const { headers, status } = response
  const changes: Record<string, string | null> = {}
  for (const { name, parts } of fields) {
    if (headers.has(name)) continue
    if (parts.length === 1) changes[name] = parts[0]!
    // The fields of a 304 replace those of the page in the browser's cache, which has another nonce.
    else if (status !== 304) changes[name] = parts.join(nonce)
  }
  if (transportSecurity !== undefined && !headers.has('strict-transport-security')) {
    changes['strict-transport-security'] = transportSecurity
  }
  if (headers.has('x-powered-by')) changes['x-powered-by'] = null
  return withHeaders(response, changes)
}
