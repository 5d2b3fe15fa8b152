/** Request cookies in, `Set-Cookie` out: plain, signed and encrypted, with key rotation. */
export type { CookieOptions, CookieOptionsFor } from './cookie-options.ts'
export type { Cookies, CookiesOptions, SealedCookies } from './cookies.ts'
export { cookies } from './cookies.ts'
