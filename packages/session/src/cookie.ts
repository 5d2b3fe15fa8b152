/**
 * Says that sessions are kept in the visitors' own cookies, encrypted; made by {@link cookieStore}.
 */
export interface CookieStore {
  readonly kind: 'cookie'
}

/**
 * Keeps each session in its visitor's own cookie, encrypted by the `secrets` of `cookies()`: nothing is kept here, and
 * any number of machines can serve it.
 *
 * It is no shared store, and that has its price. About 2600 bytes of JSON fit. Of two requests of one visitor that
 * run at the same time, what the later response set replaces the other's. `destroy` and `regenerate` reach only the
 * visitor's own copy: a stolen one is good until it ends by a timeout, or its secret is taken out.
 *
 * @example
 * ```ts
 * import { cookies } from '@tsgi/cookies'
 * import { stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { session } from '@tsgi/session'
 * import { cookieStore } from '@tsgi/session/cookie'
 *
 * const secrets = 'a secret of at least 32 characters'
 * const web = stack(cookies({ secrets }), session<{ visits: number }>({ store: cookieStore() }))
 * const visitor = client(
 *   web(({ session }) => text(`visit ${session.update('visits', (visits = 0) => visits + 1)}`)),
 * )
 *
 * await visitor.get('/')
 * const second = await visitor.get('/')
 * await second.text() // => 'visit 2'
 * ```
 */
export function cookieStore(): CookieStore {
  return { kind: 'cookie' }
}
