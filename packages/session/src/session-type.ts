import type { Flash } from './content.ts'
import type { Read } from './value.ts'

/**
 * The session of one request's visitor: `environ.session`.
 *
 * Reading and writing need no `await`. Writes are explicit, and values come out frozen, so that no change is missed:
 * they are kept when the response is returned, key by key on top of what other requests of the visitor kept meanwhile.
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
export type Session<Values extends object = Record<string, unknown>> = ReadableSession<Read<Values>>

/**
 * The session of values as it gives them out: what {@link Session} is made of. One that has more keys will do where
 * one with fewer is asked for, so that a middleware can name only those that it uses.
 */
export interface ReadableSession<Values extends object> {
  /** Whether the visitor came without a session, or it has been destroyed. */
  readonly isNew: boolean
  /** What a key holds; `undefined` where it holds nothing, or what it holds does not fit the schema (any more). */
  get<K extends keyof Values & string>(key: K): Values[K] | undefined
  /** Whether a key holds something. */
  has(key: keyof Values & string): boolean
  /**
   * Gives a key a value, whatever it held, and whatever other requests give it before this one's response.
   *
   * @throws TypeError naming the key, where the value does not fit the schema or is no value of JSON.
   */
  set<K extends keyof Values & string>(key: K, value: Values[K]): void
  /** Empties a key. */
  delete(key: keyof Values & string): void
  /**
   * Changes a key by a function of what it holds, and returns what it then holds; `undefined` empties it. Where
   * another request has changed the session meanwhile, the function runs again on what that one left: it is to depend
   * on its argument alone.
   *
   * @throws TypeError as `set` does.
   */
  update<K extends keyof Values & string>(
    key: K,
    fn: (current: Values[K] | undefined) => Values[K] | undefined,
  ): Values[K] | undefined
  /** Leaves a message for whoever next asks for `flashes`, most often after a redirect. */
  flash(type: string, message: string): void
  /** The messages left, of one type or of all, and removes them. */
  flashes(type?: string): readonly Flash[]
  /**
   * Gives the session a new id and keeps what it holds; the old id is good for nothing from then on. To be called
   * whenever a visitor signs in or gains rights, against session fixation. The absolute timeout begins anew.
   */
  regenerate(): void
  /** Ends the session: what it held is gone, for other requests too. What is written after this begins another. */
  destroy(): void
}
