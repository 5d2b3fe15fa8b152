import type { Middleware } from '@tsgi/core'
import type { CookieOptions, CookieOptionsFor } from './cookie-options.ts'

/** The options of {@link cookies}. */
export interface CookiesOptions {
  /**
   * What signs and encrypts: at least 32 characters each, random. The first is used for what is set, all of them for
   * what is read, so that a new one can be put in front without losing what the old one sealed.
   */
  readonly secrets?: string | readonly string[]
  /** Attributes of every cookie that is set or deleted, unless the call gives its own. */
  readonly defaults?: CookieOptions
}

/** The cookies of one request and its response: `environ.cookies`. */
export interface Cookies {
  /** The value of a cookie: what was set in this request, or else what the client sent. */
  get(name: string): string | undefined
  /** Whether there is such a cookie. */
  has(name: string): boolean
  /** All cookies by name, in an object without a prototype. */
  all(): Readonly<Record<string, string>>
  /**
   * Sets a cookie on the response, in the place of one set before under the same name, domain and path.
   *
   * @throws TypeError naming the cookie, where name, value or an attribute is not one that browsers take. RangeError
   *   where it is over 4096 bytes, attributes included. Error where the response has been returned already.
   */
  set<Name extends string>(name: Name, value: string, options?: CookieOptionsFor<Name>): void
  /**
   * Has the client forget a cookie. `path`, `domain` and `partitioned` must be those it was set with.
   *
   * @throws As `set`.
   */
  delete<Name extends string>(name: Name, options?: CookieOptionsFor<Name>): void
  /** Cookies the client can read but not change: HMAC-SHA-256. */
  readonly signed: SealedCookies
  /** Cookies the client can neither read nor change: AES-256-GCM. */
  readonly encrypted: SealedCookies
}

/** Cookies whose values are sealed with the `secrets`: `environ.cookies.signed` and `environ.cookies.encrypted`. */
export interface SealedCookies {
  /** The value of a cookie; `undefined` where there is none, where the seal is broken, and after it has expired. */
  get(name: string): Promise<string | undefined>
  /**
   * Seals the value and sets the cookie. The response waits for it, awaited or not.
   *
   * @throws As {@link Cookies.set}, at once and not by rejection.
   */
  set<Name extends string>(name: Name, value: string, options?: CookieOptionsFor<Name>): Promise<void>
}

export declare function cookies(options?: CookiesOptions): Middleware<{ cookies: Cookies }>
