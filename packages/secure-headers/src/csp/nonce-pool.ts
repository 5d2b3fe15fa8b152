/** Characters of base64 per nonce: 132 bits, and CSP Level 3 §7.1 asks for 128. */
const LENGTH = 22
/** Divisible by 3, so that its base64 has no padding. */
const POOL_BYTES = 4095

let pool = ''
let at = 0

/** Returns a new random nonce. Many are created at once, because a call of `getRandomValues` costs more than a nonce. */
export function nextNonce(): string {
  if (at + LENGTH > pool.length) {
    pool = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(POOL_BYTES))))
    at = 0
  }
  at += LENGTH
  return pool.slice(at - LENGTH, at)
}
