import type { Awaitable } from '@tsgi/core'

/**
 * Computes the keys under which sessions are stored: HMAC-SHA-256(secret, id). A leaked store contains no usable ids, and
 * the time that a store takes to find a key reveals nothing about an id.
 *
 * `#key-hasher` creates one: with `node:crypto` on Node, with WebCrypto elsewhere. Both return the same keys.
 */
export interface KeyHasher {
  /** Whether keys are returned directly, never as promises. */
  readonly synchronous: boolean
  /** Returns the key of a new id, computed with the first secret. */
  keyOf(id: string): Awaitable<string>
  /** Returns the keys that an id can be stored under, one for each secret. */
  keysOf(id: string): Awaitable<readonly string[]>
}
