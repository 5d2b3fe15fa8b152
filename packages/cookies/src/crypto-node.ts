/**
 * Keys by `node:crypto`. Node's WebCrypto has even the smallest task done by another thread, and to hand it over and back
 * takes many times as long as the task.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto'
import { type EncryptionKey, NONCE_BYTES, PURPOSE, type SigningKey, TAG_BYTES } from './sealing-key.ts'

const ALGORITHM = 'aes-256-gcm'

export function signingKey(secret: string): SigningKey {
  const key = derivedKey(secret, PURPOSE.sign)
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url')
  return {
    sign,
    verify(text, signature) {
      const expected = Buffer.from(sign(text))
      const given = Buffer.from(signature)
      return given.byteLength === expected.byteLength && timingSafeEqual(given, expected)
    },
  }
}

export function encryptionKey(secret: string): EncryptionKey {
  const key = derivedKey(secret, PURPOSE.encrypt)
  return {
    encrypt(text, context) {
      const nonce = randomFillSync(Buffer.allocUnsafe(NONCE_BYTES))
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context))
      return Buffer.concat([
        nonce,
        cipher.update(text, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]).toString('base64url')
    },
    decrypt(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      // Node passes over what is no base64url; each value is to have one encoding (RFC 4648 §3.5).
      if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) return undefined
      const end = bytes.length - TAG_BYTES
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(end))
      const plain = decipher.update(bytes.subarray(NONCE_BYTES, end))
      try {
        decipher.final()
      } catch {
        // A wrong key or a changed byte: what was decrypted is not to be looked at.
        return undefined
      }
      return plain.toString('utf8')
    },
  }
}

/** A key derived from the secret by HKDF-SHA-256. */
function derivedKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', Buffer.from(secret), '', purpose, 32)))
}
