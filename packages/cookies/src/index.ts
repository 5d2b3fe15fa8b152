/**
 * Request cookies in, `Set-Cookie` out: plain, signed and encrypted, with key rotation. {@link cookies} is the
 * middleware; its request half, its response half and its seals are exported for use without it.
 */
export type { CookieOptions, CookieOptionsFor } from './cookie-options.ts'
export type { CookiesOptions } from './cookies.ts'
export { cookies } from './cookies.ts'
export type { Cookies } from './jar.ts'
export { parseCookies } from './parse-cookies.ts'
export type { SealedCookies } from './sealed-cookies.ts'
export type { Sealer } from './sealer.ts'
export { createEncrypter, createSigner } from './sealer.ts'
export type { SetCookie } from './set-cookie.ts'
export { setCookie, withCookies } from './set-cookie.ts'
