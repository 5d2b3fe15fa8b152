import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { Identity } from './identity.ts'

/**
 * The identity made by secrets, by `node:crypto`: Node's WebCrypto has even so small a task done by another thread, and
 * to hand it over and back takes some thirty times as long as the task.
 */
export function createIdentity(secrets: readonly string[]): Identity {
  const keys = secrets.map((secret) => createSecretKey(secret, 'utf8'))
  const hash = (key: KeyObject, id: string) => createHmac('sha256', key).update(id).digest('base64url')
  return {
    synchronous: true,
    keyOf: (id) => hash(keys[0]!, id),
    keysOf: (id) => keys.map((key) => hash(key, id)),
  }
}
