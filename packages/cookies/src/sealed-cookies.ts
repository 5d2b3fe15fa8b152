import type { CookieOptionsFor } from './cookie-options.ts'

/**
 * Cookies whose values are sealed with the middleware's `secrets`, together with their names and their ends:
 * `environ.cookies.signed` and `environ.cookies.encrypted`.
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
 *     await cookies.signed.set('user', 'ada', { maxAge: 3600 })
 *     return empty()
 *   }),
 * )
 * await browser.post('/')
 * await (await browser.get('/')).text() // => 'ada'
 *
 * browser.cookies.set('user', browser.cookies.get('user')?.replace('ada', 'eve') ?? '')
 * await (await browser.get('/')).text() // => 'nobody'
 * ```
 */
export interface SealedCookies {
  /** The value of a cookie; `undefined` where there is none, its seal is broken, or its `maxAge` or `expires` is over. */
  get(name: string): Promise<string | undefined>
  /**
   * Seals the value and sets the cookie. The response waits until it is done, whether it was awaited or not.
   *
   * @throws TypeError, RangeError or Error as the plain `set`, at once and not by rejection: a set that nobody awaits
   *   must not fail unseen.
   */
  set<Name extends string>(name: Name, value: string, options?: CookieOptionsFor<Name>): Promise<void>
}
