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

/** How long to wait before the set is fetched for another unknown key: anyone can make keys up. */
const SEARCH_MS = 30_000

/**
 * Returns a function that finds the key of a token in the set at a URL. Keys that were fetched once stay valid while the
 * set cannot be fetched.
 */
export function remoteKeys(url: URL): JWTVerifyGetKey {
  // jose would not fetch the set again within 30 seconds of any request, also if the keys have just been replaced.
  const remote = createRemoteJWKSet(url, { cooldownDuration: Number.POSITIVE_INFINITY, cacheMaxAge: 600_000 })
  let searchedAt = Number.NEGATIVE_INFINITY
  let failedAt = Number.NEGATIVE_INFINITY
  let failure: unknown

  async function search(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const isCurrent = remote.fresh
    try {
      return await remote(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      const isSearched = performance.now() - searchedAt < SEARCH_MS && !remote.reloading
      // Otherwise, the set was fetched for this token.
      if (isCurrent && !isSearched) await remote.reload()
      if (!isSearched) searchedAt = performance.now()
      return remote(header, token)
    }
  }

  return async function remoteKey(header: JWSHeaderParameters, token: FlattenedJWSInput) {
    const isRetry = performance.now() - failedAt >= RETRY_MS
    if (isRetry) {
      try {
        return await search(header, token)
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
