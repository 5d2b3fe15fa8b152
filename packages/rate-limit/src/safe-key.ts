import type { Awaitable } from '@tsgi/core'

/**
 * Returns a key that every store can hold. A database rejects some texts, such as those with a NUL character, and a client
 * that could choose such a key would not be limited.
 */
export function safeKey(key: string): Awaitable<string> {
  return /^[!-~]{1,128}$/.test(key) ? key : hashed(key)
}

async function hashed(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return `sha256:${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
