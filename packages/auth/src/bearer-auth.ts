import {
  type Application,
  type Awaitable,
  type Environ,
  extend,
  HttpError,
  type Middleware,
  withMetadata,
} from '@tsgi/core'
import { checkBoolean, checkOptions, describe } from '@tsgi/core/options'
import { bearerMetadata, invalidToken, missingToken, tokenOf } from './bearer-token.ts'
import { isPrintable, quotedString } from './quoted-string.ts'
import { isUser, type UserOrNone } from './user.ts'

/** The options of {@link bearerAuth}. `U` is the type of a user, `R` are the environ keys that `verify` reads. */
export interface BearerAuthOptions<U, R extends object = object> {
  /** Returns the user of a token, or `undefined`, `null` or `false` if the token is not valid. */
  readonly verify: (token: string, environ: Environ & R) => Awaitable<UserOrNone<U>>
  /** Whether a request may have no token; `user` is then `undefined`. An invalid token is rejected all the same. */
  readonly optional?: boolean
}

/**
 * Adds `user` to the environ: the user whose token is in the field `Authorization: Bearer`. Requests without a token and
 * with an invalid one get status 401. A token in the query is ignored, because URLs are logged.
 *
 * Compare tokens by their hash, or in constant time.
 *
 * Source: RFC 6750, "The OAuth 2.0 Authorization Framework: Bearer Token Usage".
 *
 * @throws TypeError if an option is unknown, missing or invalid.
 *
 * @example
 * ```ts
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { bearerAuth } from '@tsgi/auth'
 *
 * const users = new Map([['2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b', 'ada']])
 * const verify = async (token: string) => {
 *   const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
 *   return users.get(Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''))
 * }
 * const api = client(bearerAuth({ verify })(({ user }) => json({ user })))
 *
 * const rejected = await api.get('/', { headers: { authorization: 'Bearer guess' } })
 * rejected.headers.get('www-authenticate') // => 'Bearer error="invalid_token"'
 * const response = await api.get('/', { headers: { authorization: 'Bearer secret' } })
 * await response.json() // => { user: 'ada' }
 * ```
 */
export function bearerAuth<U, R extends object = object>(
  options: BearerAuthOptions<U, R> & { readonly optional: true },
): Middleware<{ user: U | undefined }, R>
export function bearerAuth<U, R extends object = object>(
  options: BearerAuthOptions<U, R> & { readonly optional?: false },
): Middleware<{ user: U }, R>
export function bearerAuth<U, R extends object = object>(
  options: BearerAuthOptions<U, R>,
): Middleware<{ user: U | undefined }, R> {
  checkOptions('bearerAuth', options, ['verify', 'optional'])
  const { verify, optional = false } = options
  if (typeof verify !== 'function') {
    throw new TypeError(`bearerAuth: verify must be a function, got ${describe(verify)}`)
  }
  checkBoolean('bearerAuth: optional', optional)
  const metadata = bearerMetadata('bearerAuth', optional)

  return function bearerAuth<E extends R>(app: Application<E & { user: U | undefined }>): Application<E> {
    async function bearerAuth(environ: Environ & E): Promise<Response> {
      const token = tokenOf(environ)
      if (token === undefined && !optional) throw missingToken()
      if (token === undefined) return app(extend(environ, { user: undefined }))
      const user = await verify(token, environ)
      if (!isUser(user)) throw invalidToken()
      return app(extend(environ, { user }))
    }
    return withMetadata(bearerAuth, metadata, app)
  }
}

/**
 * Returns the error for a valid token that does not allow what the request asks for: status 403.
 *
 * @param scope The scope that the request needs, as defined by your authorization server.
 * @throws TypeError if the scope is not printable ASCII.
 *
 * @example
 * ```ts
 * import { insufficientScope } from '@tsgi/auth'
 *
 * const error = insufficientScope('reports:write')
 * error.status // => 403
 * error.headers.get('www-authenticate') // => 'Bearer error="insufficient_scope", scope="reports:write"'
 * ```
 */
export function insufficientScope(scope: string): HttpError {
  if (!isPrintable(scope)) {
    throw new TypeError(`insufficientScope: scope must be printable ASCII, got ${describe(scope)}`)
  }
  return new HttpError(403, 'The token does not allow this request.', {
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope=${quotedString(scope)}` },
  })
}
