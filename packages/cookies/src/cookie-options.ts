/**
 * The attributes of a cookie. What is not given is the safe choice: the whole site's, hidden from scripts, not sent
 * along with other sites' requests, and `Secure` wherever the request came over HTTPS.
 *
 * Source: RFC 6265bis §4.1.2; `partitioned` from CHIPS, `priority` from draft-west-cookie-priority.
 *
 * @example
 * ```ts
 * import { type CookieOptions, setCookie } from '@tsgi/cookies'
 *
 * const forThirtyDays: CookieOptions = { maxAge: 30 * 24 * 60 * 60, sameSite: 'strict' }
 * setCookie('theme', 'dark', forThirtyDays).line // => 'theme=dark; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict'
 * ```
 */
export interface CookieOptions {
  /** The path below which the cookie is sent; `/` unless given. */
  readonly path?: string | undefined
  /** The domain whose subdomains get the cookie too; unless given, only the host that set it. */
  readonly domain?: string | undefined
  /** Seconds until the client forgets it, a whole number; it takes precedence over `expires`. */
  readonly maxAge?: number | undefined
  /** When the client forgets it; with neither this nor `maxAge`, when the browser's session ends. */
  readonly expires?: Date | undefined
  /** Whether scripts in the page cannot read it; `true` unless given. */
  readonly httpOnly?: boolean | undefined
  /**
   * Whether it is sent over HTTPS alone. Unless given: `true` where `environ.scheme` is `https`, where the name has a
   * prefix, where `sameSite` is `none`, and where `partitioned`.
   */
  readonly secure?: boolean | undefined
  /** Whether other sites' requests carry it; `lax` unless given. `none` requires `secure`. */
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined
  /** Whether an embedded site has one cookie per embedding site; requires `secure`. */
  readonly partitioned?: boolean | undefined
  /** Which cookies a full browser drops first. */
  readonly priority?: 'low' | 'medium' | 'high' | undefined
}

/**
 * The attributes that the cookie named `Name` may have. A `__Host-` name allows no `domain`, no `path` but `/`, and
 * no `secure` but `true`; a `__Secure-` name no `secure` but `true`. Browsers refuse a cookie that breaks these rules,
 * and compare the prefixes without regard to case.
 *
 * Source: RFC 6265bis §4.1.3.
 *
 * @example
 * ```ts
 * import { type CookieOptionsFor, setCookie } from '@tsgi/cookies'
 *
 * const options: CookieOptionsFor<'__Host-id'> = { maxAge: 60 }
 * setCookie('__Host-id', '7', options).line // => '__Host-id=7; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax'
 * ```
 */
export type CookieOptionsFor<Name extends string> =
  Lowercase<Name> extends `__host-${string}`
    ? CookieOptions & {
        readonly domain?: undefined
        readonly path?: '/' | undefined
        readonly secure?: true | undefined
      }
    : Lowercase<Name> extends `__secure-${string}`
      ? CookieOptions & { readonly secure?: true | undefined }
      : CookieOptions
