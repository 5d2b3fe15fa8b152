import { base64url, type Identity } from './identity.ts'

/** The identity made by secrets, by WebCrypto, which every runtime has. */
export function createIdentity(secrets: readonly string[]): Identity {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  let keys: Promise<readonly CryptoKey[]> | undefined
  // Made on first use: some runtimes allow no asynchronous work while modules load.
  const imported = () => {
    keys ??= Promise.all(
      secrets.map((secret) =>
        crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']),
      ),
    )
    return keys
  }
  const hash = async (key: CryptoKey, id: string) =>
    base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(id))))
  return {
    synchronous: false,
    async keyOf(id) {
      const [first] = await imported()
      return hash(first!, id)
    },
    async keysOf(id) {
      return Promise.all((await imported()).map((key) => hash(key, id)))
    },
  }
}
