/**
 * Checks JSON Web Tokens: `@tsgi/auth/jwt`.
 */
import { type Application, type Environ, extend, type Middleware, withMetadata } from '@tsgi/core'
import { checkOptions } from '@tsgi/core/options'
import { errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose'
import { bearerMetadata, invalidToken, missingToken, tokenOf } from '../bearer-token.ts'
import { type JwtAuthOptions, readSettings, type Settings } from './options.ts'

export type { JwtKey, KeySet } from './keys.ts'
export type { JwtAuthOptions } from './options.ts'

/** A token whose signature and claims were checked. */
export interface VerifiedToken {
  readonly claims: JWTPayload
  readonly header: JWTHeaderParameters
}

/**
 * Adds `token` to the environ: the claims and the header of the JSON Web Token in the field `Authorization: Bearer`. The
 * signature, `iss`, `aud`, `exp`, `nbf` and `iat` are checked. Requests without a token and with an invalid one get status
 * 401.
 *
 * The keys of a URL are fetched with the first request, and again when a token has an unknown key, but at most once in 30
 * seconds for keys that are not in the set. If the issuer cannot be reached, known keys stay valid, and a token with an
 * unknown key gets status 503.
 *
 * Source: RFC 7519, RFC 8725 ("JSON Web Token Best Current Practices"), RFC 6750.
 *
 * @throws TypeError if an option is unknown, missing or invalid.
 *
 * @example
 * ```ts
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { jwtAuth } from '@tsgi/auth/jwt'
 * import { generateKeyPair, SignJWT } from 'jose'
 *
 * const { privateKey, publicKey } = await generateKeyPair('ES256')
 * const tokens = jwtAuth({
 *   issuer: 'https://id.example',
 *   audience: 'https://api.example',
 *   algorithms: ['ES256'],
 *   key: publicKey,
 * })
 * const api = client(tokens(({ token }) => json({ user: token.claims.sub })))
 *
 * const token = await new SignJWT({ sub: 'ada' })
 *   .setProtectedHeader({ alg: 'ES256' })
 *   .setIssuer('https://id.example')
 *   .setAudience('https://api.example')
 *   .setExpirationTime('5 minutes')
 *   .sign(privateKey)
 * const response = await api.get('/', { headers: { authorization: `Bearer ${token}` } })
 * await response.json() // => { user: 'ada' }
 * ```
 */
export function jwtAuth(
  options: JwtAuthOptions & { readonly optional: true },
): Middleware<{ token: VerifiedToken | undefined }>
export function jwtAuth(
  options: JwtAuthOptions & { readonly optional?: false },
): Middleware<{ token: VerifiedToken }>
export function jwtAuth(options: JwtAuthOptions): Middleware<{ token: VerifiedToken | undefined }> {
  checkOptions('jwtAuth', options, [
    ...['issuer', 'audience', 'algorithms', 'jwks', 'key', 'clockTolerance', 'optional'],
  ])
  const settings = readSettings(options)
  const metadata = bearerMetadata('jwtAuth', settings.optional, 'JWT')

  return function jwtAuth<E extends object>(
    app: Application<E & { token: VerifiedToken | undefined }>,
  ): Application<E> {
    async function jwtAuth(environ: Environ & E): Promise<Response> {
      const text = tokenOf(environ)
      if (text === undefined && !settings.optional) throw missingToken()
      const token = text === undefined ? undefined : await verify(text, settings)
      return app(extend(environ, { token }))
    }
    return withMetadata(jwtAuth, metadata, app)
  }
}

/** @throws HttpError 401 if the token is not valid; 503 if its key cannot be fetched. */
async function verify(token: string, settings: Settings): Promise<VerifiedToken> {
  const { issuer, audience, algorithms, clockTolerance, keyOf } = settings
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keyOf, {
      issuer,
      audience: [...audience],
      algorithms: [...algorithms],
      clockTolerance,
      // A token without an end could be used for ever.
      requiredClaims: ['exp'],
    })
    if (payload.iat !== undefined && payload.iat > Date.now() / 1000 + clockTolerance) {
      throw new errors.JWTClaimValidationFailed('"iat" is in the future', payload, 'iat', 'check_failed')
    }
    return { claims: payload, header: protectedHeader }
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw invalidToken(error)
    throw error
  }
}
