import type { CookieOptionsFor } from './cookie-options.ts'

/**
 * Cookies that clients cannot change: `environ.cookies.signed` and `environ.cookies.encrypted`. Each value is sealed
 * together with the cookie's name and expiry, using the `secrets` of {@link cookies}.
 *
 * @example
 * ```ts
 * import { empty, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { cookies } from '@tsgi/cookies'
 *
 * const web = cookies({ secrets: 'correct horse battery staple, and then some' })
 * const browser = client(
 *   web(async ({ cookies, method }) => {
 *     if (method === 'GET') return text((await cookies.signed.get('user')) ?? 'nobody')
 *     await cookies.signed.set('user', 'ada', { maxAge: '1h' })
 *     return empty()
 *   }),
 * )
 * await browser.post('/')
 * await (await browser.get('/')).text() // => 'ada'
 *
 * browser.cookies.set('user', 'eve')
 * await (await browser.get('/')).text() // => 'nobody'
 * ```
 */
export interface SealedCookies {
  /**
   * Returns the value of a cookie. Returns `undefined` if there is none, if it was not sealed under this name, or if its
   * `maxAge` or `expires` has passed. If the client sends several cookies with this name, returns the first valid one.
   */
  get(name: string): Promise<string | undefined>
  /**
   * Seals the value and sets the cookie. The response waits for it, even if you do not await it.
   *
   * @throws As the plain `set`: immediately, not as a rejection, so that a call without `await` cannot fail unnoticed.
   */
  set<Name extends string>(name: Name, value: string, options?: CookieOptionsFor<Name>): Promise<void>
}
