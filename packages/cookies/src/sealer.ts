import { encryptionKey, signingKey } from '#crypto'
import { base64urlLength } from './base64url.ts'
import { NONCE_BYTES, TAG_BYTES } from './sealing-key.ts'
import { checkSecrets } from './secrets.ts'

/**
 * Seals values so that they come back as they left, made by {@link createSigner} and {@link createEncrypter}.
 *
 * The name is sealed with the value: what was sealed under one name is refused under another. So is the time at which
 * the value ends, where one is given, in milliseconds since the epoch: a client's clock and honesty are not relied on.
 *
 * @example
 * ```ts
 * import { createSigner, type Sealer } from '@tsgi/cookies'
 *
 * const sealer: Sealer = createSigner('correct horse battery staple, and then some')
 * const sealed = await sealer.seal('link', '/invoices/7', Date.now() + 60_000)
 * await sealer.unseal('link', sealed) // => '/invoices/7'
 *
 * const ended = await sealer.seal('link', '/invoices/7', Date.now())
 * await sealer.unseal('link', ended) // => undefined
 * ```
 */
export interface Sealer {
  /**
   * Seals a value.
   *
   * @throws TypeError (by rejection) naming the cookie, where the value is not well-formed text.
   */
  seal(name: string, value: string, ends?: number): Promise<string>
  /** The value, or `undefined` where the seal is broken, of another name, of no known secret, or has ended. */
  unseal(name: string, sealed: string): Promise<string | undefined>
  /** A text of the same shape and length as `seal` will give, made at once: to check a limit beforehand. */
  outline(name: string, value: string, ends?: number): string
}

/**
 * Seals by signature: the value stays readable, as `value.end.signature`. HMAC-SHA-256, keys derived from the secrets
 * by HKDF, compared in constant time.
 *
 * Source: RFC 2104, RFC 5869.
 *
 * @param secrets One or more, of at least 32 characters each: the first signs, all of them verify.
 * @throws TypeError where a secret is too short.
 *
 * @example
 * ```ts
 * import { createSigner } from '@tsgi/cookies'
 *
 * const signer = createSigner('correct horse battery staple, and then some')
 * const sealed = await signer.seal('user', 'ada')
 * sealed.startsWith('ada.') // => true
 * await signer.unseal('user', sealed) // => 'ada'
 * await signer.unseal('user', sealed.replace('ada', 'eve')) // => undefined
 * ```
 */
export function createSigner(secrets: string | readonly string[]): Sealer {
  const keys = checkSecrets(secrets).map(signingKey)
  // JSON keeps name and text apart whatever they hold.
  const message = (name: string, text: string) => JSON.stringify([name, text])
  return {
    async seal(name, value, ends) {
      const text = stamped(name, value, ends)
      return `${text}.${await keys[0]!.sign(message(name, text))}`
    },
    async unseal(name, sealed) {
      const dot = sealed.lastIndexOf('.')
      const text = sealed.slice(0, dot)
      const signature = sealed.slice(dot + 1)
      for (const key of keys) {
        if (await key.verify(message(name, text), signature)) return unstamped(text)
      }
      return undefined
    },
    outline: (name, value, ends) => `${stamped(name, value, ends)}.${'-'.repeat(base64urlLength(32))}`,
  }
}

/**
 * Seals by encryption: the value cannot be read. AES-256-GCM, keys derived from the secrets by HKDF.
 *
 * Nonces are random, so one secret is good for 2³² values (NIST SP 800-38D §8.3): put a new one in front before that.
 *
 * Source: NIST SP 800-38D, RFC 5869.
 *
 * @param secrets One or more, of at least 32 characters each: the first encrypts, all of them decrypt.
 * @throws TypeError where a secret is too short.
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
  const keys = checkSecrets(secrets).map(encryptionKey)
  return {
    async seal(name, value, ends) {
      return keys[0]!.encrypt(stamped(name, value, ends), name)
    },
    async unseal(name, sealed) {
      for (const key of keys) {
        const text = await key.decrypt(sealed, name)
        if (text !== undefined) return unstamped(text)
      }
      return undefined
    },
    outline(name, value, ends) {
      const bytes = NONCE_BYTES + new TextEncoder().encode(stamped(name, value, ends)).length + TAG_BYTES
      return '-'.repeat(base64urlLength(bytes))
    },
  }
}

/** The value with its end behind it: `value.` for ever, `value.end` in milliseconds, base 36. */
function stamped(name: string, value: string, ends: number | undefined): string {
  if (typeof value !== 'string' || !value.isWellFormed()) {
    throw new TypeError(`Cannot seal the cookie ${JSON.stringify(name)}: its value is not well-formed text`)
  }
  return `${value}.${ends === undefined ? '' : Math.trunc(ends).toString(36)}`
}

function unstamped(text: string): string | undefined {
  const dot = text.lastIndexOf('.')
  const ends = text.slice(dot + 1)
  return ends === '' || Number.parseInt(ends, 36) > Date.now() ? text.slice(0, dot) : undefined
}
