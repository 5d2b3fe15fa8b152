/** What the work `headers` configures: who may read the response, and its security headers. */
export const origins: string[] = [
  'https://app.example.com',
  'https://admin.example.com',
  'https://shop.example.com',
]

/** The security headers with a constant value. */
export const fields: readonly (readonly [name: string, value: string])[] = [
  ['cross-origin-opener-policy', 'same-origin-allow-popups'],
  ['cross-origin-resource-policy', 'cross-origin'],
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'SAMEORIGIN'],
]

/** The Content-Security-Policy, for frameworks that have nothing for one. */
export function policyWith(nonce: string): string {
  return `default-src 'self'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'`
}
