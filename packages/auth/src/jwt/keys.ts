import { HttpError } from '@tsgi/core'
import {
  type CryptoKey,
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type JWTVerifyGetKey,
  type KeyObject,
} from 'jose'

/** A secret, or a public key. */
export type JwtKey = CryptoKey | KeyObject | Uint8Array

/** A JSON Web Key Set (RFC 7517 §5). */
export type KeySet = JSONWebKeySet

/** How long to wait after a failed request before the next one. */
const RETRY_MS = 5_000

/**
 * Returns a function that finds the key of a token in the set at a URL. Keys that were fetched once stay valid while the
 * set cannot be fetched.
 */
export function remoteKeys(url: URL): JWTVerifyGetKey {
  // Fetches at most every 30 seconds for unknown keys, and again after 10 minutes.
  const remote = createRemoteJWKSet(url, { cooldownDuration: 30_000, cacheMaxAge: 600_000 })
  let failedAt = Number.NEGATIVE_INFINITY
  let failure: unknown

  return async function remoteKey(header: JWSHeaderParameters, token: FlattenedJWSInput) {
    const isRetry = performance.now() - failedAt >= RETRY_MS
    if (isRetry) {
      try {
        return await remote(header, token)
      } catch (error) {
        if (isAboutToken(error)) throw error
        failedAt = performance.now()
        failure = error
      }
    }
    const known = remote.jwks()
    try {
      if (known !== undefined) return await createLocalJWKSet(known)(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
    }
    throw new HttpError(503, 'The keys of the token issuer cannot be fetched.', {
      cause: failure,
      headers: { 'retry-after': String(RETRY_MS / 1000) },
      // Once per attempt to fetch them.
      report: isRetry,
    })
  }
}

/** Reports whether a failure is due to the token, not to the key set. */
function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}
