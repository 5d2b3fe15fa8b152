import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { KeyHasher } from './key-hasher.ts'

/**
 * Creates a key hasher with `node:crypto`. Node runs WebCrypto operations on another thread, which takes about thirty times
 * as long as the operation itself.
 */
export function createKeyHasher(secrets: readonly string[]): KeyHasher {
  const keys = secrets.map((secret) => createSecretKey(secret, 'utf8'))
  const hash = (key: KeyObject, id: string) => createHmac('sha256', key).update(id).digest('base64url')
  return {
    synchronous: true,
    keyOf: (id) => hash(keys[0]!, id),
    keysOf: (id) => keys.map((key) => hash(key, id)),
  }
}
