/** Enough for 128 bits even if every character is a hexadecimal digit. */
const MIN_LENGTH = 32

const HINT = 'Generate one with: openssl rand -base64 32'

/**
 * Reads the option `secrets`: one secret or a list, of which the first signs and all of them verify.
 *
 * @param factory The name that the error message begins with.
 * @throws TypeError if there is no secret, or one is not text of at least 32 characters. The message contains no secret.
 *
 * @example
 * ```ts
 * import { readSecrets } from '@tsgi/core/options'
 *
 * readSecrets('csrf', 'a secret of at least 32 characters') // => ['a secret of at least 32 characters']
 * try {
 *   readSecrets('csrf', 'password')
 * } catch (error) {
 *   String(error).slice(0, 62) // => 'TypeError: csrf: secrets must be at least 32 characters, got 8'
 * }
 * ```
 */
export function readSecrets(factory: string, secrets: unknown): readonly [string, ...string[]] {
  const list: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets]
  if (list.length === 0) {
    throw new TypeError(`${factory}: secrets must not be an empty list. ${HINT}`)
  }
  for (const [index, secret] of list.entries()) {
    const name = Array.isArray(secrets) ? `secrets[${index}]` : 'secrets'
    if (typeof secret !== 'string') {
      const kind = secret === null ? 'null' : typeof secret
      throw new TypeError(`${factory}: ${name} must be text, got ${kind}. ${HINT}`)
    }
    if (secret.length < MIN_LENGTH) {
      throw new TypeError(
        `${factory}: ${name} must be at least ${MIN_LENGTH} characters, got ${secret.length}. ${HINT}`,
      )
    }
  }
  return list as readonly [string, ...string[]]
}
