/** Returns the key, derived on first use: some runtimes do not allow asynchronous work during startup. */
export type LazyKey = () => Promise<CryptoKey>

/**
 * Derives a key from a secret with HKDF-SHA-256 (RFC 5869).
 *
 * @param purpose Keys for different purposes are unrelated (RFC 5869 §3.2).
 */
export function derivedKey(
  secret: string,
  purpose: string,
  algorithm: AesKeyAlgorithm | HmacKeyGenParams,
  usages: readonly KeyUsage[],
): LazyKey {
  const encoder = new TextEncoder()
  const derive = async (): Promise<CryptoKey> => {
    const secretKey = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, [
      'deriveKey',
    ])
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(purpose) }
    return crypto.subtle.deriveKey(hkdf, secretKey, algorithm, false, usages)
  }
  let key: Promise<CryptoKey> | undefined
  return () => {
    key ??= derive()
    return key
  }
}
