import type { Awaitable } from './store.ts'

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

/**
 * Turns ids into the keys they are stored under, by secrets: a key is HMAC-SHA-256(secret, id), so that a leaked store
 * holds no usable id, and the time that a store takes to find a key says nothing of any id.
 *
 * `#identity` makes one: of `identity-node.ts` on Node, of `identity-web.ts` elsewhere. Both make the same keys.
 */
export interface Identity {
  /** Whether the keys are made at once, never as a promise. */
  readonly synchronous: boolean
  /** The key of a new id, by the first secret. */
  keyOf(id: string): Awaitable<string>
  /** The keys that an id may stand under, by each secret in turn. */
  keysOf(id: string): Awaitable<readonly string[]>
}

/** Bytes as base64url without padding (RFC 4648 §5). */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
