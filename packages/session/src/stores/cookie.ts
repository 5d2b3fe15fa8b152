/** Makes `session` store sessions in cookies. {@link cookieStore} creates it. */
export interface CookieStore {
  readonly kind: 'cookie'
}

/**
 * Stores each session in a cookie of its visitor, encrypted with the session's `secrets`. The server stores nothing,
 * so any number of machines can serve the application.
 *
 * This has limits. A session can contain about 2400 bytes of JSON. If two requests of one visitor run at the same time,
 * the later response replaces the changes of the other one. `destroy` and `regenerateId` only affect the visitor's own
 * copy: a stolen cookie is valid until it expires or its secret is removed.
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
 * const web = stack(cookies(), session<{ visits: number }>({ secrets, store: cookieStore() }))
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
