/** Keys by WebCrypto, which every runtime has. */
import { fromBase64url, toBase64url } from './base64url.ts'
import { type EncryptionKey, NONCE_BYTES, PURPOSE, type SigningKey, TAG_BYTES } from './sealing-key.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export function signingKey(secret: string): SigningKey {
  const algorithm = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  const derived = derivedKey(secret, PURPOSE.sign, algorithm, ['sign', 'verify'])
  return {
    async sign(text) {
      return toBase64url(
        new Uint8Array(await crypto.subtle.sign('HMAC', await derived(), encoder.encode(text))),
      )
    },
    async verify(text, signature) {
      const bytes = fromBase64url(signature)
      return bytes !== undefined && crypto.subtle.verify('HMAC', await derived(), bytes, encoder.encode(text))
    },
  }
}

export function encryptionKey(secret: string): EncryptionKey {
  const algorithm = { name: 'AES-GCM', length: 256 }
  const derived = derivedKey(secret, PURPOSE.encrypt, algorithm, ['encrypt', 'decrypt'])
  const parameters = (context: string, iv: Uint8Array<ArrayBuffer>) => ({
    name: 'AES-GCM',
    iv,
    additionalData: encoder.encode(context),
  })
  return {
    async encrypt(text, context) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const secret = await crypto.subtle.encrypt(
        parameters(context, nonce),
        await derived(),
        encoder.encode(text),
      )
      const bytes = new Uint8Array(NONCE_BYTES + secret.byteLength)
      bytes.set(nonce)
      bytes.set(new Uint8Array(secret), NONCE_BYTES)
      return toBase64url(bytes)
    },
    async decrypt(sealed, context) {
      const bytes = fromBase64url(sealed)
      if (bytes === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
      const nonce = bytes.subarray(0, NONCE_BYTES)
      const secret = bytes.subarray(NONCE_BYTES)
      try {
        return decoder.decode(
          await crypto.subtle.decrypt(parameters(context, nonce), await derived(), secret),
        )
      } catch (error) {
        // What a wrong key or a changed byte gives; anything else is a fault of this program.
        if (error instanceof DOMException && error.name === 'OperationError') return undefined
        throw error
      }
    },
  }
}

/** A key derived from the secret by HKDF-SHA-256, on first use: some runtimes allow no asynchronous work before. */
function derivedKey(
  secret: string,
  purpose: string,
  type: AesKeyAlgorithm | HmacKeyGenParams,
  usages: readonly KeyUsage[],
): () => Promise<CryptoKey> {
  const derive = async (): Promise<CryptoKey> => {
    const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, [
      'deriveKey',
    ])
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(purpose) }
    return crypto.subtle.deriveKey(hkdf, material, type, false, usages)
  }
  let key: Promise<CryptoKey> | undefined
  return () => {
    key ??= derive()
    return key
  }
}
