import type { Awaitable } from '@tsgi/core'
import { checkOptions, describe, readLimits } from '@tsgi/core/options'

/** The options of {@link cookieStore}. */
export interface CookieStoreOptions {
  /**
   * The maximum number of cookies that a session is spread over, from 1 to 8. Each has up to 4096 bytes, and all of them are
   * sent with every request. Default: 1.
   */
  readonly maxCookies?: number
  /**
   * Reports whether a session must not be used any more. It is called for each request with a valid session cookie. If it
   * throws, rejects, or takes longer than `storeTimeout`, requests that use their session get a 503.
   */
  readonly revoked?: (session: CookieSession) => Awaitable<boolean>
}

/** The session that {@link CookieStoreOptions}' `revoked` is asked about. */
export interface CookieSession {
  /** The public id, `session.id`. */
  readonly id: string
  /** The user that was passed to `regenerateId`. */
  readonly user: string | undefined
  /** When the session started or last got a new id, in milliseconds since the epoch. */
  readonly issuedAt: number
}

/** Makes `session` store sessions in cookies. {@link cookieStore} creates it. */
export interface CookieStore {
  readonly kind: 'cookie'
  readonly maxCookies: number
  readonly revoked: ((session: CookieSession) => Awaitable<boolean>) | undefined
}

/** A `Cookie` header of 32 KB is more than most servers accept. */
const MAX_COOKIES = 8

/**
 * Stores each session in a cookie of its visitor, encrypted with the session's `secrets`. The server stores nothing,
 * so any number of machines can serve the application.
 *
 * This has limits. A session can contain about 2400 bytes of JSON, or that much for each of `maxCookies`. If two requests of
 * one visitor run at the same time, the later response replaces the changes of the other one. `destroy` and `regenerateId`
 * only affect the visitor's own copy: a stolen cookie is valid until it expires, its secret is removed, or `revoked` says
 * so.
 *
 * @throws TypeError if an option is unknown or invalid.
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
export function cookieStore(options: CookieStoreOptions = {}): CookieStore {
  checkOptions('cookieStore', options, ['maxCookies', 'revoked'])
  const { revoked } = options
  if (revoked !== undefined && typeof revoked !== 'function') {
    throw new TypeError(`cookieStore: revoked must be a function, got ${describe(revoked)}`)
  }
  const { maxCookies } = readLimits(
    'cookieStore',
    { ...options },
    { maxCookies: { default: 1, min: 1, max: MAX_COOKIES, unit: 'cookies' } },
  )
  return { kind: 'cookie', maxCookies, revoked }
}
