import type { KeyHasher } from './key-hasher.ts'
import { base64url } from './session-id.ts'

/** Creates a key hasher with WebCrypto, which every runtime has. */
export function createKeyHasher(secrets: readonly string[]): KeyHasher {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  let imported: Promise<readonly CryptoKey[]> | undefined
  const keys = () => {
    // On first use: some runtimes do not allow asynchronous work while modules load.
    imported ??= Promise.all(
      secrets.map((secret) =>
        crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']),
      ),
    )
    return imported
  }
  const hash = async (key: CryptoKey, id: string) =>
    base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(id))))
  return {
    synchronous: false,
    async keyOf(id) {
      const [first] = await keys()
      return hash(first!, id)
    },
    async keysOf(id) {
      return Promise.all((await keys()).map((key) => hash(key, id)))
    },
  }
}
