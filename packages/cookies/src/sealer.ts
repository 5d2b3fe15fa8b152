import { base64urlLength, fromBase64url, toBase64url } from './base64url.ts'
import { checkSecrets, derivedKeys } from './secrets.ts'

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

const encoder = new TextEncoder()

/**
 * Seals by signature: the value stays readable, as `value.end.signature`. HMAC-SHA-256, keys derived from the secrets
 * by HKDF on first use, compared in constant time.
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
  const algorithm = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  const keys = derivedKeys(checkSecrets(secrets), 'tsgi cookies: sign', algorithm, ['sign', 'verify'])
  // JSON keeps name and text apart whatever they hold.
  const message = (name: string, text: string) => encoder.encode(JSON.stringify([name, text]))
  return {
    async seal(name, value, ends) {
      const text = stamped(name, value, ends)
      const [key] = await keys()
      return `${text}.${toBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', key!, message(name, text))))}`
    },
    async unseal(name, sealed) {
      const dot = sealed.lastIndexOf('.')
      const text = sealed.slice(0, dot)
      const signature = fromBase64url(sealed.slice(dot + 1))
      if (signature === undefined) return undefined
      for (const key of await keys()) {
        if (await crypto.subtle.verify('HMAC', key, signature, message(name, text))) return unstamped(text)
      }
      return undefined
    },
    outline: (name, value, ends) => `${stamped(name, value, ends)}.${'-'.repeat(base64urlLength(32))}`,
  }
}

/** NIST SP 800-38D §8.2.2: a random nonce of 96 bits; and §5.2.1.2: a tag of 128. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals by encryption: the value cannot be read. AES-256-GCM, keys derived from the secrets by HKDF on first use.
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
  const algorithm = { name: 'AES-GCM', length: 256 }
  const keys = derivedKeys(checkSecrets(secrets), 'tsgi cookies: encrypt', algorithm, ['encrypt', 'decrypt'])
  const parameters = (name: string, iv: Uint8Array<ArrayBuffer>) => ({
    name: 'AES-GCM',
    iv,
    additionalData: encoder.encode(name),
  })
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return {
    async seal(name, value, ends) {
      const plain = encoder.encode(stamped(name, value, ends))
      const [key] = await keys()
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const secret = await crypto.subtle.encrypt(parameters(name, nonce), key!, plain)
      const bytes = new Uint8Array(NONCE_BYTES + secret.byteLength)
      bytes.set(nonce)
      bytes.set(new Uint8Array(secret), NONCE_BYTES)
      return toBase64url(bytes)
    },
    async unseal(name, sealed) {
      const bytes = fromBase64url(sealed)
      if (bytes === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
      const nonce = bytes.subarray(0, NONCE_BYTES)
      for (const key of await keys()) {
        try {
          const plain = await crypto.subtle.decrypt(parameters(name, nonce), key, bytes.subarray(NONCE_BYTES))
          return unstamped(decoder.decode(plain))
        } catch (error) {
          // What a wrong key or a changed byte gives; anything else is a fault of this program.
          if (!(error instanceof DOMException && error.name === 'OperationError')) throw error
        }
      }
      return undefined
    },
    outline(name, value, ends) {
      const bytes = NONCE_BYTES + encoder.encode(stamped(name, value, ends)).length + TAG_BYTES
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
