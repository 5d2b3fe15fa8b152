/** Security headers for every response: a Content-Security-Policy with a typed nonce, HSTS and others. */
export type { ContentSecurityPolicy, CspSource } from './csp/policy.ts'
export { NONCE, strictPolicy } from './csp/policy.ts'
export type { PermissionsPolicy } from './permissions-policy.ts'
export type { SecureHeadersNonce } from './provided-nonce.ts'
export { secureHeaders } from './secure-headers.ts'
export type { SecureHeadersOptions, StrictTransportSecurity } from './secure-headers-options.ts'
