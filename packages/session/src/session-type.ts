import type { Duration } from '@tsgi/core/options'
import type { FlashMessage } from './content/content.ts'
import type { ReadonlyValues } from './content/json.ts'

/**
 * The options of {@link Session}'s `regenerateId`.
 *
 * @example
 * ```ts
 * import { cookies } from '@tsgi/cookies'
 * import { empty, stack } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { type RegenerateOptions, session } from '@tsgi/session'
 *
 * const web = stack(cookies(), session({ secrets: 'a secret of at least 32 characters' }))
 * const signIn: RegenerateOptions = { user: '7', remember: '30d' }
 * const visitor = client(
 *   web(({ session }) => {
 *     session.regenerateId(signIn)
 *     return empty()
 *   }),
 * )
 * const response = await visitor.post('/sign-in')
 * response.headers.get('set-cookie')?.includes('Max-Age=2592000') // => true
 * ```
 */
export interface RegenerateOptions {
  /** The id of the user who signs in, at most 255 characters. By default, the user stays the same. */
  readonly user?: string | undefined
  /**
   * Remembers the user: the session lasts this long without being used, if that is longer than the timeouts of the
   * middleware, and the browser keeps the cookie when it is closed. From `'1s'` to `'400d'`. By default, a new `user` is not
   * remembered; without one, nothing changes.
   */
  readonly remember?: Duration | undefined
}

/**
 * The session of the visitor who sent the request: `environ.session`.
 *
 * No method needs `await`. The session is stored when the response is returned: the changes are applied on top of those
 * that other requests of the visitor have stored in the meantime. Values are frozen; change them with `set` and `update`.
 *
 * @example
 * ```ts
 * import { type Application, redirect } from '@tsgi/core'
 * import type { Session } from '@tsgi/session'
 *
 * interface Values {
 *   user: string
 *   cart: readonly string[]
 * }
 * const add: Application<{ session: Session<Values> }> = ({ session }) => {
 *   session.update('cart', (cart = []) => [...cart, 'tea'])
 *   session.flash('info', 'Tea is in your cart.')
 *   return redirect('/cart', 303)
 * }
 * ```
 */
export type Session<Values extends object = Record<string, unknown>> = SessionOf<ReadonlyValues<Values>>

/**
 * A session with read-only values: {@link Session} resolves to this type. A session with more keys is assignable to one
 * with fewer, so a middleware can name only the keys that it uses.
 */
export interface SessionOf<Values extends object> {
  /** Whether the visitor had no session, or it was destroyed in this request. */
  readonly isNew: boolean
  /**
   * A public id, for logs, WebSockets and lists of devices: nobody can use it to take over the session. It changes with
   * `regenerateId`. A new session has one, too, but is only stored if it is changed.
   */
  readonly id: string
  /** The user that was passed to `regenerateId`. */
  readonly user: string | undefined
  /** Returns the value of a key: `undefined` if there is none, or if it no longer matches the schema. */
  get<K extends keyof Values & string>(key: K): Values[K] | undefined
  /** Reports whether a key has a value. */
  has(key: keyof Values & string): boolean
  /**
   * Sets a key, whatever other requests have stored under it.
   *
   * @throws TypeError naming the key if the value does not match the schema or is not JSON.
   */
  set<K extends keyof Values & string>(key: K, value: Values[K]): void
  /** Deletes a key. */
  delete(key: keyof Values & string): void
  /**
   * Changes a key with a function of its current value, and returns the new value; `undefined` deletes the key. If another
   * request has changed the key in the meantime, the function runs again with the new value, so it must depend only on its
   * argument.
   *
   * @throws TypeError as `set` does.
   */
  update<K extends keyof Values & string>(
    key: K,
    fn: (current: Values[K] | undefined) => Values[K] | undefined,
  ): Values[K] | undefined
  /** Adds a message for the next page that calls `takeFlashes`, usually after a redirect. */
  flash(type: string, message: string): void
  /** Returns all flash messages, or those of one type, and removes them. */
  takeFlashes(type?: string): readonly FlashMessage[]
  /**
   * Gives the session a new id and keeps its values; the old id becomes invalid. Call it when a visitor signs in or gains
   * privileges, to prevent session fixation. It also restarts the absolute timeout. If another user was signed in, that
   * user's session is destroyed, and the new one is empty.
   *
   * @throws TypeError if an option is unknown or invalid.
   */
  regenerateId(options?: RegenerateOptions): void
  /** Ends the session and deletes its values. Changing it afterwards starts a new one. */
  destroy(): void
}
