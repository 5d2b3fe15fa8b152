/** Enough for 128 bits even where every character is a hexadecimal digit. */
const MIN_LENGTH = 32

/** The secrets as a list, checked. The message never shows one. */
export function checkSecrets(secrets: string | readonly string[]): readonly [string, ...string[]] {
  const list: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets]
  if (list.length === 0)
    throw new TypeError('cookies: secrets must have at least one secret, got an empty list')
  for (const [index, secret] of list.entries()) {
    if (typeof secret !== 'string' || secret.length < MIN_LENGTH) {
      const got =
        typeof secret === 'string' ? `one of ${secret.length}` : secret === null ? 'null' : typeof secret
      throw new TypeError(
        `cookies: secrets must be strings of at least ${MIN_LENGTH} characters, got ${got} at index ${index}`,
      )
    }
  }
  return list as readonly [string, ...string[]]
}

/**
 * Keys derived from the secrets, in their order, on first use. `purpose` keeps keys for different uses apart, so that
 * what one use makes means nothing to another (RFC 5869 §3.2).
 */
export function derivedKeys(
  secrets: readonly string[],
  purpose: string,
  type: AesKeyAlgorithm | HmacKeyGenParams,
  usages: readonly KeyUsage[],
): () => Promise<readonly CryptoKey[]> {
  const encoder = new TextEncoder()
  const derive = async (secret: string): Promise<CryptoKey> => {
    const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, [
      'deriveKey',
    ])
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(purpose) }
    return crypto.subtle.deriveKey(hkdf, material, type, false, usages)
  }
  let keys: Promise<readonly CryptoKey[]> | undefined
  return () => {
    keys ??= Promise.all(secrets.map(derive))
    return keys
  }
}
