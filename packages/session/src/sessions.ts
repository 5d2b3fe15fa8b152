import { createIdentity } from '#identity'
import { after, isPromise } from './after.ts'
import type { CookieStore } from './cookie.ts'
import type { Keeper, SessionEnviron } from './keeper.ts'
import { memoryStore } from './memory.ts'
import { RequestSession } from './request-session.ts'
import { markResponse } from './response.ts'
import { guardOf, type Schema } from './schema.ts'
import { sealedKeeper } from './sealed-keeper.ts'
import type { Session } from './session-type.ts'
import { type Settings, type SettingsOptions, settingsOf } from './settings.ts'
import { sharedKeeper } from './shared-keeper.ts'
import type { Awaitable, Store } from './store.ts'
import type { Read } from './value.ts'

/** Where sessions are kept: a shared store, by a secret, or the visitor's own cookie. */
export type StoreOptions =
  | {
      /**
       * What the ids are hashed with: at least 32 characters, random. Of several the first is for new sessions, all
       * are for finding one; an old one is to stay for `absoluteTimeout` after a new one was put in front.
       */
      readonly secret: string | readonly string[]
      /** Memory, of 10,000 sessions, unless given. */
      readonly store?: Store
    }
  | {
      /** The cookie is sealed by the `secrets` of `cookies()`. */
      readonly secret?: undefined
      readonly store: CookieStore
    }

/**
 * The options of `session` and {@link createSessions}.
 *
 * @example
 * ```ts
 * import { session, type SessionOptions } from '@tsgi/session'
 *
 * const options: SessionOptions<{ user: string }> = {
 *   secret: 'a secret of at least 32 characters',
 *   cookie: { name: '__Host-session', persistent: true },
 *   idleTimeout: 14 * 24 * 60 * 60,
 *   absoluteTimeout: 90 * 24 * 60 * 60,
 * }
 * session(options).name // => 'session'
 * ```
 */
export type SessionOptions<Values extends object = Record<string, unknown>> = SettingsOptions &
  StoreOptions & {
    /** A validator for each key, of any Standard Schema library: there are no other keys then. */
    readonly schema?: Schema<Values>
  }

/** Both halves of the middleware, made by {@link createSessions}. */
export interface Sessions<Values extends object = Record<string, unknown>> {
  /** The request half: the session of the request's visitor. */
  open(environ: SessionEnviron): Awaitable<Session<Values>>
  /**
   * The response half: keeps what was done, sets the cookie where that is needed, and returns the response with what
   * caches must know. Nothing can be written to the session after it.
   *
   * @throws RangeError (by rejection) where the session is too large. TypeError where it is not one that `open` made.
   *   Whatever the store throws.
   */
  commit(session: Session<Values>, response: Response): Awaitable<Response>
}

/**
 * The two halves of `session()` by themselves, for what is no application: a test, or a socket that needs to know who
 * its visitor is.
 *
 * @throws TypeError as `session` does.
 *
 * @example
 * ```ts
 * import { cookies } from '@tsgi/cookies'
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { createSessions } from '@tsgi/session'
 *
 * const sessions = createSessions({ secret: 'a secret of at least 32 characters' })
 * const web = client(
 *   cookies()(async (environ) => {
 *     const session = await sessions.open(environ)
 *     session.set('user', 'ada')
 *     return sessions.commit(session, text('signed in'))
 *   }),
 * )
 * await web.get('/')
 * web.cookies.get('session')?.length // => 32
 * ```
 */
export function createSessions<Values extends object = Record<string, unknown>>(
  options: SessionOptions<Values>,
): Sessions<Values> {
  const settings = settingsOf(options)
  const guard = guardOf(options.schema as Schema<Record<string, unknown>> | undefined)
  const store = options.store ?? memoryStore()
  const keeper = keeperOf(store, options.secret, settings)
  let warned = false

  /** Sessions that only some processes know come and go by chance: that is to be heard of before it is seen. */
  function warn({ gateway, errors }: SessionEnviron): void {
    if (warned || !gateway.multiprocess || !('processLocal' in store) || !store.processLocal) return
    warned = true
    errors.write(
      'session: several processes serve, but the store is not shared between them: use another store',
    )
  }

  return {
    open(environ) {
      warn(environ)
      return after(keeper.open(environ), (hold) => new RequestSession<Read<Values>>(hold, guard))
    },
    commit(session, response) {
      try {
        if (!(session instanceof RequestSession)) {
          throw new TypeError('session: commit takes what open returned')
        }
        const cookieChanged = session.commit()
        const mark = (cookieChanged: boolean) => markResponse(response, { used: session.used, cookieChanged })
        return isPromise(cookieChanged)
          ? cookieChanged.then(mark).catch((error) => drop(response, error))
          : mark(cookieChanged)
      } catch (error) {
        return drop(response, error)
      }
    },
  }
}

/** The response will not be sent: what makes its body is to stop. */
async function drop(response: Response, error: unknown): Promise<never> {
  await response.body?.cancel(error).catch(() => {})
  throw error
}

function keeperOf(
  store: Store | CookieStore,
  secret: string | readonly string[] | undefined,
  settings: Settings,
): Keeper {
  if ('kind' in store) {
    if (secret !== undefined) {
      throw new TypeError('session: secret is not for cookieStore(), which the secrets of cookies() seal')
    }
    return sealedKeeper(settings)
  }
  for (const method of ['load', 'commit', 'destroy'] as const) {
    if (typeof store[method] !== 'function')
      throw new TypeError(`session: store must have a method ${method}`)
  }
  const secrets: readonly unknown[] = typeof secret === 'string' ? [secret] : (secret ?? [])
  if (!Array.isArray(secrets) || secrets.length === 0 || !secrets.every(isSecret)) {
    throw new TypeError('session: secret must be a text of at least 32 characters, or a list of such')
  }
  return sharedKeeper(store, createIdentity(secrets), settings)
}

function isSecret(secret: unknown): secret is string {
  return typeof secret === 'string' && secret.length >= 32
}
