import { type Duration, describe, duration, readLimits } from '@tsgi/core/options'
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose'
import { type JwtKey, type KeySet, remoteKeys } from './keys.ts'

/** The options of `jwtAuth`. */
export interface JwtAuthOptions {
  /** The value that `iss` must have: who issues the tokens. */
  readonly issuer: string
  /** The value that `aud` must have or contain: this service. A token for another service is not valid. */
  readonly audience: string | readonly string[]
  /** The algorithms that tokens may be signed with, such as `['ES256']`: never those of both secrets and public keys. */
  readonly algorithms: readonly string[]
  /** The public keys of the issuer: the URL of its key set, or the key set itself. */
  readonly jwks?: string | URL | KeySet
  /** The only key, instead of `jwks`. A secret for `HS256`, `HS384` and `HS512` has at least 32 bytes. */
  readonly key?: JwtKey
  /** How far the clocks of the issuer and of this server may differ. Default: 30 seconds. */
  readonly clockTolerance?: Duration
  /** Whether a request may have no token; `token` is then `undefined`. An invalid token is rejected all the same. */
  readonly optional?: boolean
}

/** The checked options. `clockTolerance` is in seconds. */
export interface Settings {
  readonly issuer: string
  readonly audience: readonly string[]
  readonly algorithms: readonly string[]
  readonly clockTolerance: number
  readonly optional: boolean
  readonly keyOf: JWTVerifyGetKey
}

/** Algorithms of shared secrets, and of public keys (RFC 7518 §3.1, RFC 8037, RFC 9864). */
const SECRET = new Set(['HS256', 'HS384', 'HS512'])
const PUBLIC = new Set([
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
  ...['EdDSA', 'Ed25519', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'],
])

/** @throws TypeError naming the option that is missing or invalid. */
export function readSettings(options: JwtAuthOptions): Settings {
  const { issuer, algorithms, jwks, key, optional = false } = options
  const audience = typeof options.audience === 'string' ? [options.audience] : options.audience
  if (typeof issuer !== 'string' || issuer === '') expect('issuer', 'text that is not empty', issuer)
  if (!isTexts(audience)) expect('audience', 'text, or a list of texts', options.audience)
  if (!isTexts(algorithms)) expect('algorithms', 'a list of algorithms', algorithms)
  for (const each of algorithms) {
    if (!SECRET.has(each) && !PUBLIC.has(each)) {
      expect('algorithms', `a list of ${[...SECRET, ...PUBLIC].join(', ')}`, each)
    }
  }
  const isSecret = SECRET.has(algorithms[0]!)
  if (algorithms.some((each) => SECRET.has(each) !== isSecret)) {
    throw new TypeError(
      'jwtAuth: algorithms must not mix those of secrets and of public keys, because a public key could be used as a secret',
    )
  }
  if ((jwks === undefined) === (key === undefined)) {
    throw new TypeError('jwtAuth: either jwks or key is required')
  }
  if (typeof optional !== 'boolean') expect('optional', 'true or false', optional)
  const { clockTolerance } = readLimits('jwtAuth', options, { clockTolerance: duration('30s', 0, '1h') })
  const keyOf = key === undefined ? setOf(jwks as string | URL | KeySet, isSecret) : onlyKey(key, isSecret)
  return { issuer, audience, algorithms, clockTolerance: clockTolerance / 1000, optional, keyOf }
}

function onlyKey(key: JwtKey, isSecret: boolean): JWTVerifyGetKey {
  const isValid = isSecret ? key instanceof Uint8Array : Object(key).type === 'public'
  if (!isValid) {
    const expected = isSecret ? 'a secret as a Uint8Array for HS256, HS384 and HS512' : 'a public key'
    throw new TypeError(`jwtAuth: key must be ${expected}, got ${kindOf(key)}`)
  }
  if (key instanceof Uint8Array && key.length < 32) {
    throw new TypeError(`jwtAuth: key must have at least 32 bytes, got ${key.length}`)
  }
  return () => key as CryptoKey
}

/** Describes a key without showing what may be a secret. */
function kindOf(key: unknown): string {
  if (typeof key === 'string') return 'text'
  if (key instanceof Uint8Array) return 'an instance of Uint8Array'
  const { type } = Object(key) as { readonly type?: unknown }
  return type === 'private' || type === 'secret' ? `a ${type} key` : describe(key)
}

function setOf(jwks: string | URL | KeySet, isSecret: boolean): JWTVerifyGetKey {
  if (isSecret) throw new TypeError('jwtAuth: jwks must not be used with HS256, HS384 and HS512; pass key')
  if (typeof jwks === 'object' && 'keys' in jwks && Array.isArray(jwks.keys)) return createLocalJWKSet(jwks)
  const url = URL.parse(String(jwks))
  const isLocal = url !== null && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url?.protocol !== 'https:' && !(isLocal && url.protocol === 'http:')) {
    expect('jwks', 'an https URL or a JSON Web Key Set', jwks)
  }
  return remoteKeys(url)
}

function isTexts(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string' && each !== '')
  )
}

function expect(option: string, expected: string, value: unknown): never {
  throw new TypeError(`jwtAuth: ${option} must be ${expected}, got ${describe(value)}`)
}
