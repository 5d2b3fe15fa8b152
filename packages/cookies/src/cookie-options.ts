import type { Duration } from '@tsgi/core/options'

/**
 * The attributes of a cookie. The defaults are safe: the cookie is sent to the whole site, hidden from scripts, not sent
 * with requests from other sites, and `Secure` if the request came over HTTPS.
 *
 * Source: RFC 6265bis §4.1.2; CHIPS for `partitioned`, draft-west-cookie-priority for `priority`.
 *
 * @example
 * ```ts
 * import { type CookieOptions, setCookie } from '@tsgi/cookies'
 *
 * const forThirtyDays: CookieOptions = { maxAge: '30d', sameSite: 'strict' }
 * setCookie('theme', 'dark', forThirtyDays).line // => 'theme=dark; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict'
 * ```
 */
export interface CookieOptions {
  /** The path under which the cookie is sent. Default: `/`. */
  readonly path?: string | undefined
  /** The domain whose subdomains also receive the cookie. By default, only the host that set it does. */
  readonly domain?: string | undefined
  /**
   * How long the client keeps the cookie: text with a unit, such as `'30d'`, or a number of seconds. Takes precedence over
   * `expires`.
   */
  readonly maxAge?: Duration | undefined
  /** When the client deletes the cookie. Without `expires` and `maxAge`, it does so when the browser is closed. */
  readonly expires?: Date | undefined
  /** Whether the cookie is hidden from scripts in the page. Default: `true`. */
  readonly httpOnly?: boolean | undefined
  /**
   * Whether the cookie is sent over HTTPS only. By default it is if the request came over HTTPS, or if the name's
   * prefix, `sameSite: 'none'` or `partitioned` requires it.
   */
  readonly secure?: boolean | undefined
  /** Whether the cookie is sent with requests from other sites. Default: `lax`. `none` requires `secure`. */
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined
  /** Whether an embedded site gets a separate cookie for each site that embeds it. Requires `secure`. */
  readonly partitioned?: boolean | undefined
  /** Which cookies a browser deletes last if it has too many. */
  readonly priority?: 'low' | 'medium' | 'high' | undefined
}

/** The names of all attributes. */
export const ATTRIBUTES: readonly (keyof CookieOptions)[] = [
  'path',
  'domain',
  'maxAge',
  'expires',
  'httpOnly',
  'secure',
  'sameSite',
  'partitioned',
  'priority',
]

/**
 * The attributes that a cookie of this name can have. A `__Host-` or `__Host-Http-` name allows no `domain` and no
 * `path` other than `/`; a `__Http-` or `__Host-Http-` name requires `httpOnly`; all of these and `__Secure-` require
 * `secure`. Browsers reject a cookie that breaks these rules, and ignore the case of the prefix.
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
export type CookieOptionsFor<Name extends string> = CookieOptions &
  (Lowercase<Name> extends `__host-${string}` ? HostOnly : unknown) &
  (Lowercase<Name> extends `__http-${string}` | `__host-http-${string}` ? HttpOnly : unknown) &
  (Lowercase<Name> extends `__${'host' | 'http' | 'secure'}-${string}` ? Secure : unknown)

interface HostOnly {
  readonly domain?: undefined
  readonly path?: '/' | undefined
}

interface HttpOnly {
  readonly httpOnly?: true | undefined
}

interface Secure {
  readonly secure?: true | undefined
}
