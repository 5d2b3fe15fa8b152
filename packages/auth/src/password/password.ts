/**
 * Hashes passwords: `@tsgi/auth/password`.
 */
import { timingSafeEqual } from 'node:crypto'
import { HttpError } from '@tsgi/core'
import { derive, newParameters, type Parameters } from './derive.ts'
import { formatHash, parseHash } from './phc-string.ts'

const MAX_BYTES = 1024
const LENGTH = 32

/** The result of {@link verifyPassword}. */
export interface PasswordCheck {
  /** Whether the password is right. */
  readonly ok: boolean
  /** Whether the hash should be replaced by a new one of the same password, because it is weaker than new ones. */
  readonly rehash: boolean
}

/**
 * Hashes a password with a random salt. Store the result, a PHC string such as `$argon2id$v=19$m=19456,t=2,p=1$…`.
 *
 * Uses argon2id with 19 MiB of memory, or scrypt with 128 MiB if Node is older than 24.7. At most four passwords are hashed at
 * a time in a process, because each takes a core for some 50 ms; the others wait.
 *
 * Source: RFC 9106; the parameters are those of the OWASP Password Storage Cheat Sheet.
 *
 * @throws HttpError (by rejection) 422 if the password has more than 1,024 bytes; 503 if 100 passwords are waiting.
 *
 * @example
 * ```ts
 * import { hashPassword, verifyPassword } from '@tsgi/auth/password'
 *
 * const hash = await hashPassword('correct horse battery staple')
 * await verifyPassword('correct horse battery staple', hash) // => { ok: true, rehash: false }
 * await verifyPassword('guess', hash) // => { ok: false, rehash: false }
 * ```
 */
export async function hashPassword(password: string): Promise<string> {
  const bytes = bytesOf('hashPassword', password)
  if (bytes.length > MAX_BYTES) {
    throw new HttpError(422, `The password is longer than ${MAX_BYTES} bytes.`)
  }
  const parameters = newParameters()
  return formatHash(parameters, await derive(bytes, parameters, LENGTH))
}

/**
 * Checks a password against a hash of {@link hashPassword}. Does the same work if there is no hash, so that the time does not
 * tell whether a user exists.
 *
 * @param hash `undefined` or `null` if there is no such user; the result is then never `ok`.
 * @throws TypeError (by rejection) if the hash is not a PHC string of argon2id or scrypt; Error if this version of Node lacks its
 *   algorithm; HttpError 503 if 100 passwords are waiting.
 *
 * @example
 * ```ts
 * import { verifyPassword } from '@tsgi/auth/password'
 *
 * await verifyPassword('guess', undefined) // => { ok: false, rehash: false }
 * ```
 */
export async function verifyPassword(
  password: string,
  hash: string | null | undefined,
): Promise<PasswordCheck> {
  const bytes = bytesOf('verifyPassword', password)
  const isTooLong = bytes.length > MAX_BYTES
  const stored = hash == null ? undefined : parseHash(hash)
  const parameters = stored?.parameters ?? newParameters()
  const length = stored?.hash.length ?? LENGTH
  const derived = await derive(isTooLong ? Buffer.alloc(0) : bytes, parameters, length)
  const ok = stored !== undefined && timingSafeEqual(derived, stored.hash) && !isTooLong
  return { ok, rehash: ok && isWeaker(parameters, newParameters()) }
}

function bytesOf(caller: string, password: unknown): Buffer {
  if (typeof password !== 'string') {
    throw new TypeError(
      `${caller}: password must be text, got ${password === null ? 'null' : typeof password}`,
    )
  }
  // The same password may be typed in several forms on different keyboards.
  return Buffer.from(password.normalize('NFC'))
}

function isWeaker(stored: Parameters, current: Parameters): boolean {
  if (stored.algorithm !== current.algorithm) return current.algorithm === 'argon2id'
  if (stored.algorithm === 'argon2id' && current.algorithm === 'argon2id') {
    return stored.memory < current.memory || stored.passes < current.passes
  }
  return stored.algorithm === 'scrypt' && current.algorithm === 'scrypt' && stored.cost < current.cost
}
