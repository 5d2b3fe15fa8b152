/** A value, or a promise of it: keys of Node work at once, those of WebCrypto elsewhere. */
export type Awaitable<T> = T | Promise<T>

/**
 * Signs texts by HMAC-SHA-256, with a key derived from a secret. Signatures are base64url, 43 characters.
 *
 * `#crypto` makes one: of `crypto-node.ts` on Node, of `crypto-web.ts` elsewhere. What one makes the other opens.
 */
export interface SigningKey {
  sign(text: string): Awaitable<string>
  /** Whether it is the text's signature, letter for letter; compared in constant time. */
  verify(text: string, signature: string): Awaitable<boolean>
}

/**
 * Encrypts texts by AES-256-GCM, with a key derived from a secret, bound to a context that is not kept with them. What
 * it makes is base64url of nonce, ciphertext and tag. Made by `#crypto`, as {@link SigningKey}.
 */
export interface EncryptionKey {
  encrypt(text: string, context: string): Awaitable<string>
  /** The text; undefined where it was encrypted otherwise, in any letter. */
  decrypt(sealed: string, context: string): Awaitable<string | undefined>
}

/** NIST SP 800-38D §8.2.2: a random nonce of 96 bits; and §5.2.1.2: a tag of 128. */
export const NONCE_BYTES = 12
export const TAG_BYTES = 16

/** What keys are derived for: apart for each use, so that what one makes means nothing to another (RFC 5869 §3.2). */
export const PURPOSE = { sign: 'tsgi cookies: sign', encrypt: 'tsgi cookies: encrypt' } as const
