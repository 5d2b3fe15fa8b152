import { readSecrets } from '@tsgi/core/options'
import { JOSEError } from 'jose/errors'
import { jwtDecrypt } from 'jose/jwt/decrypt'
import { EncryptJWT } from 'jose/jwt/encrypt'
import { SignJWT } from 'jose/jwt/sign'
import { jwtVerify } from 'jose/jwt/verify'
import { derivedKey, type LazyKey } from './derived-key.ts'

/**
 * Seals values so that a client cannot change them. {@link createSigner} and {@link createEncrypter} create one.
 *
 * A sealed value is a JWT: its audience (`aud`) is the cookie's name, so it is rejected under any other name; `exp` is
 * the time at which it expires; `value` is the value.
 *
 * @example
 * ```ts
 * import { createSigner, type Sealer } from '@tsgi/cookies'
 *
 * const sealer: Sealer = createSigner('correct horse battery staple, and then some')
 * const sealed = await sealer.seal('link', '/invoices/7', new Date(Date.now() + 60_000))
 * await sealer.unseal('link', sealed) // => '/invoices/7'
 *
 * const expired = await sealer.seal('link', '/invoices/7', new Date(0))
 * await sealer.unseal('link', expired) // => undefined
 * ```
 */
export interface Sealer {
  /**
   * Seals a value under a name.
   *
   * @param expires When the sealed value expires, rounded up to whole seconds. By default, never.
   * @throws TypeError (by rejection) if the value is not well-formed text.
   */
  seal(name: string, value: string, expires?: Date): Promise<string>
  /**
   * Returns the value, or `undefined` if the sealed text has been changed, was sealed under another name or secret, or
   * has expired.
   */
  unseal(name: string, sealed: string): Promise<string | undefined>
}

/** A sealer that knows the length of its output in advance. */
export interface MeasuredSealer extends Sealer {
  /** @throws TypeError if the value is not well-formed text. */
  sealedLength(name: string, value: string, expires?: Date): number
}

/** How one kind of JWT is created and verified. */
interface Format {
  /** The number of characters that do not encode the claims. */
  readonly overhead: number
  create(claims: Claims, key: CryptoKey): Promise<string>
  /** @throws JOSEError if the token is invalid. */
  read(token: string, name: string, key: CryptoKey): Promise<{ payload: Record<string, unknown> }>
}

type Claims = { readonly aud: string; readonly exp?: number; readonly value: string }

const signed: Format = {
  overhead: '{"alg":"HS256"}'.length * (4 / 3) + '..'.length + 43,
  create: (claims, key) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key),
  read: (token, audience, key) => jwtVerify(token, key, { audience, algorithms: ['HS256'] }),
}

const encrypted: Format = {
  // Header, no encrypted key, nonce, ciphertext, tag (RFC 7516 §3.1).
  overhead: Math.ceil('{"alg":"dir","enc":"A256GCM"}'.length * (4 / 3)) + '....'.length + 16 + 22,
  create: (claims, key) =>
    new EncryptJWT(claims).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key),
  read: (token, audience, key) =>
    jwtDecrypt(token, key, {
      audience,
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    }),
}

/**
 * Creates a sealer that signs: clients can read the value, but not change it. The sealed value is a JWT signed with
 * HMAC-SHA-256 (`HS256`).
 *
 * Source: RFC 7519 (JWT), RFC 7515 (JWS). Keys are derived from the secrets with HKDF (RFC 5869).
 *
 * @param secrets One or a list, random, at least 32 characters each. The first signs, all of them verify.
 * @throws TypeError if a secret is too short.
 *
 * @example
 * ```ts
 * import { createSigner } from '@tsgi/cookies'
 *
 * const signer = createSigner('correct horse battery staple, and then some')
 * const sealed = await signer.seal('user', 'ada')
 * const [header, claims, signature] = sealed.split('.')
 * atob(claims ?? '') // => '{"aud":"user","value":"ada"}'
 * await signer.unseal('user', sealed) // => 'ada'
 *
 * const forged = btoa('{"aud":"user","value":"eve"}').replaceAll('=', '')
 * await signer.unseal('user', [header, forged, signature].join('.')) // => undefined
 * ```
 */
export function createSigner(secrets: string | readonly string[]): Sealer {
  return signerOf(readSecrets('createSigner', secrets))
}

/**
 * Creates a sealer that encrypts: clients can neither read nor change the value. The sealed value is a JWT encrypted
 * with AES-256-GCM (`dir`, `A256GCM`).
 *
 * Nonces are random, so add a new secret before one secret has encrypted 2³² values (NIST SP 800-38D §8.3).
 *
 * Source: RFC 7519 (JWT), RFC 7516 (JWE). Keys are derived from the secrets with HKDF (RFC 5869).
 *
 * @param secrets One or a list, random, at least 32 characters each. The first encrypts, all of them decrypt.
 * @throws TypeError if a secret is too short.
 *
 * @example
 * ```ts
 * import { createEncrypter } from '@tsgi/cookies'
 *
 * const encrypter = createEncrypter('correct horse battery staple, and then some')
 * const sealed = await encrypter.seal('basket', '3 apples')
 * await encrypter.unseal('basket', sealed) // => '3 apples'
 * await encrypter.unseal('other', sealed) // => undefined
 * ```
 */
export function createEncrypter(secrets: string | readonly string[]): Sealer {
  return encrypterOf(readSecrets('createEncrypter', secrets))
}

/** {@link createSigner} for secrets that have been checked. */
export function signerOf(secrets: readonly string[]): MeasuredSealer {
  const algorithm = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  return sealer(
    signed,
    secrets.map((secret) => derivedKey(secret, 'tsgi cookies: sign', algorithm, ['sign', 'verify'])),
  )
}

/** {@link createEncrypter} for secrets that have been checked. */
export function encrypterOf(secrets: readonly string[]): MeasuredSealer {
  const algorithm = { name: 'AES-GCM', length: 256 }
  return sealer(
    encrypted,
    secrets.map((secret) => derivedKey(secret, 'tsgi cookies: encrypt', algorithm, ['encrypt', 'decrypt'])),
  )
}

function sealer(format: Format, keys: readonly LazyKey[]): MeasuredSealer {
  return {
    async seal(name, value, expires) {
      return format.create(claimsOf(name, value, expires), await keys[0]!())
    },
    async unseal(name, sealed) {
      for (const key of keys) {
        try {
          const { payload } = await format.read(sealed, name, await key())
          return typeof payload.value === 'string' ? payload.value : undefined
        } catch (error) {
          // Anything else is a bug, not an invalid token.
          if (!(error instanceof JOSEError)) throw error
        }
      }
      return undefined
    },
    sealedLength(name, value, expires) {
      const { length } = new TextEncoder().encode(JSON.stringify(claimsOf(name, value, expires)))
      return format.overhead + Math.ceil(length * (4 / 3))
    },
  }
}

function claimsOf(aud: string, value: string, expires: Date | undefined): Claims {
  if (typeof value !== 'string' || !value.isWellFormed()) {
    throw new TypeError(`Cannot seal the cookie ${JSON.stringify(aud)}: its value is not well-formed text`)
  }
  return expires === undefined ? { aud, value } : { aud, exp: Math.ceil(expires.getTime() / 1000), value }
}
