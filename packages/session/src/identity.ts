/** Of random bits in an id: 192. OWASP asks for 64 of entropy at least, this specification for 128. */
const ID_BYTES = 24

/** A new session id: 192 random bits, 32 characters of base64url. */
export function newId(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)))
}

/** Whether a client's text has the shape of an id: anything else is not worth a look into the store. */
export function isId(text: string): boolean {
  return /^[\w-]{32}$/.test(text)
}

/** Turns ids into the keys they are stored under. */
export interface Identity {
  /** The key of a new id, by the first secret. */
  keyOf(id: string): Promise<string>
  /** The keys that an id may stand under, by each secret in turn. */
  keysOf(id: string): Promise<readonly string[]>
}

/** The identity made by secrets: a key is HMAC-SHA-256(secret, id), so that a leaked store holds no usable id. */
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
    async keyOf(id) {
      const [first] = await imported()
      return hash(first!, id)
    },
    async keysOf(id) {
      return Promise.all((await imported()).map((key) => hash(key, id)))
    },
  }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
