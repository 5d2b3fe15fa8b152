import type { CookieOptionsFor } from './cookie-options.ts'
import type { SealedCookies } from './sealed-cookies.ts'

/**
 * The cookies of one request and its response: `environ.cookies`, provided by {@link cookies}.
 *
 * @example
 * ```ts
 * import { empty, json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { type Cookies, cookies } from '@tsgi/cookies'
 *
 * const deleteAll = (cookies: Cookies) => {
 *   for (const name of Object.keys(cookies.all())) cookies.delete(name)
 * }
 * const browser = client(
 *   cookies()(({ cookies, pathInfo }) => {
 *     if (pathInfo === '/') return json(cookies.all())
 *     deleteAll(cookies)
 *     return empty()
 *   }),
 * )
 * browser.cookies.set('user', 'ada')
 * await (await browser.get('/')).json() // => { user: 'ada' }
 * await browser.post('/reset')
 * await (await browser.get('/')).json() // => {}
 * ```
 */
export interface Cookies {
  /**
   * Returns the value of a cookie: the one that was set in this request, otherwise the one that the client sent. For a
   * signed or encrypted cookie, this is the token.
   */
  get(name: string): string | undefined
  /**
   * Returns every value that the client sent for a name, in order. Browsers send several cookies with the same name if they
   * have different paths or domains. After `set`, there is only the value that was set.
   */
  getAll(name: string): readonly string[]
  /** Reports whether the cookie exists. */
  has(name: string): boolean
  /** Returns all cookies by name, in an object without a prototype. */
  all(): Readonly<Record<string, string>>
  /**
   * Sets a cookie on the response. Replaces a cookie that was set earlier with the same name, domain and path.
   *
   * @throws TypeError or RangeError naming the cookie, as {@link setCookie} does.
   * @throws Error if the response has already been returned.
   */
  set<Name extends string>(name: Name, value: string, options?: CookieOptionsFor<Name>): void
  /**
   * Deletes a cookie. Pass the `path`, `domain` and `partitioned` that it was set with.
   *
   * @throws As `set`.
   */
  delete<Name extends string>(
    name: Name,
    options?: Omit<CookieOptionsFor<Name>, 'maxAge' | 'expires' | 'priority'>,
  ): void
  /** Cookies that clients can read but not change. Throws a `TypeError` if the middleware has no `secrets`. */
  readonly signed: SealedCookies
  /** Cookies that clients can neither read nor change. Throws a `TypeError` if the middleware has no `secrets`. */
  readonly encrypted: SealedCookies
}
