import { checkOptions, describe } from '@tsgi/core/options'
import { unavailable } from './backend/outage.ts'
import { decode } from './content/content.ts'
import { destroySession } from './merge/destroy-session.ts'
import type { FoundSession } from './merge/found-session.ts'
import { isCookieStore } from './options.ts'
import { checkUser } from './read-identity.ts'
import type { CookieStore } from './stores/cookie.ts'
import { guardStore, StoreError } from './stores/guard-store.ts'
import {
  hasUserIndex,
  type IndexedSessionStore,
  SessionFormatError,
  type SessionStore,
  type UserSession,
} from './stores/store.ts'

/**
 * The sessions of users, created by {@link userSessions}.
 *
 * All methods reject with a `TypeError` if the user is not one that `regenerateId` accepts, or an option is unknown or
 * invalid, and with an `HttpError` 503 if the store fails.
 */
export interface UserSessions {
  /** Returns the sessions of a user, the newest first. */
  list(user: string): Promise<readonly SessionInfo[]>
  /** Ends one session of a user. Returns `false` if the user has no session with this public id. */
  end(user: string, id: string): Promise<boolean>
  /**
   * Ends all sessions of a user, or all except one, and returns how many there were. Change the password or lock the account
   * first, so that nobody can sign in while this runs.
   */
  endAll(user: string, options?: { readonly except?: string | undefined }): Promise<number>
}

/** One session of a user, as {@link UserSessions} lists it. */
export interface SessionInfo {
  /** The public id: `session.id` in requests. */
  readonly id: string
  /** When the user signed in, or the session last got a new id. */
  readonly created: Date
  /** When the session ends if it is not used any more. */
  readonly expires: Date
  /** The values as they are stored: JSON that was not validated. */
  readonly values: Readonly<Record<string, unknown>>
}

/** A store that never returns 0 from `destroyByUser` must not keep a request busy for ever. */
const MAX_ROUNDS = 100

/** In milliseconds, the same as the default of `session()`. */
const TIMEOUT = 5000

/**
 * Lists and ends the sessions of users, for pages such as "your devices", and for administrators. The user of a session is
 * the one that was passed to `regenerateId`.
 *
 * @param store The store that is passed to `session()`, of any kind except `cookieStore()` and `keyValueStore()`.
 * @throws TypeError if the store cannot find the sessions of a user.
 *
 * @example
 * ```ts
 * import { cookies } from '@tsgi/cookies'
 * import { json, stack } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { session, userSessions } from '@tsgi/session'
 * import { memoryStore } from '@tsgi/session/memory'
 *
 * const store = memoryStore()
 * const devices = userSessions(store)
 * const web = stack(cookies(), session({ secrets: 'a secret of at least 32 characters', store }))
 * const app = web(async ({ session, method, headers }) => {
 *   if (method === 'POST') {
 *     session.regenerateId({ user: 'ada' })
 *     session.set('device', headers.get('user-agent'))
 *   }
 *   return json(session.user ?? null)
 * })
 *
 * const [phone, laptop] = [client(app), client(app)]
 * await phone.post('/', { headers: { 'user-agent': 'a phone' } })
 * await laptop.post('/', { headers: { 'user-agent': 'a laptop' } })
 *
 * const sessions = await devices.list('ada')
 * sessions.map(({ values }) => values.device).sort() // => ['a laptop', 'a phone']
 * await devices.endAll('ada') // => 2
 * const response = await phone.get('/')
 * await response.json() // => null
 * ```
 */
export function userSessions(store: SessionStore): UserSessions
/** Accepts no store: only says why one does not compile. */
export function userSessions(
  store: CookieStore & 'cookieStore() stores no sessions on the server, so it cannot find those of a user',
): never
export function userSessions(given: object): UserSessions {
  const store = given as SessionStore
  if (isCookieStore(Object(store))) {
    throw new TypeError(
      'userSessions: cookieStore() stores no sessions on the server, so it cannot find those of a user. ' +
        'Use memoryStore(), sqliteStore(), redisStore() or postgresStore()',
    )
  }
  if (typeof Object(store).load !== 'function' || !hasUserIndex(store)) {
    throw new TypeError(
      `userSessions: store must have the methods listByUser and destroyByUser, which keyValueStore() lacks, got ${describe(store)}`,
    )
  }
  const guarded = guardStore(store, TIMEOUT) as IndexedSessionStore
  const { listByUser, destroyByUser } = guarded

  async function find(user: string): Promise<FoundSession[]> {
    return (await listByUser(user)).flatMap((stored) => read(stored) ?? [])
  }

  return {
    list: (user) =>
      attempt(user, async () => {
        const sessions = await find(user)
        return sessions
          .sort((a, b) => b.content.created - a.content.created)
          .map(({ content: { id, created, values }, stored: { expires } }) => ({
            id,
            created: new Date(created),
            expires: new Date(expires),
            values: Object.fromEntries(values),
          }))
      }),
    end: (user, id) =>
      attempt(user, async () => {
        const found = (await find(user)).find(({ content }) => content.id === id)
        if (found === undefined) return false
        await destroySession(guarded, found)
        return true
      }),
    endAll: (user, options = {}) =>
      attempt(user, async () => {
        const except = readExcept(options)
        const kept = except && (await find(user)).find(({ content }) => content.id === except)
        let ended = 0
        let isConfirmed = false
        for (let round = 0; round < MAX_ROUNDS; round++) {
          const count = await destroyByUser(user, kept ? kept.key : undefined)
          // A store can miss a session that gets a new id in the meantime. The next round finds it.
          if (count === 0 && isConfirmed) return ended
          isConfirmed = count === 0
          ended += count
        }
        throw new Error(
          `userSessions: the user ${JSON.stringify(user)} still has sessions after ${MAX_ROUNDS} rounds`,
        )
      }),
  }
}

/** An option that is misspelt must not end the session that was to be kept. */
function readExcept(options: { readonly except?: string | undefined }): string | undefined {
  checkOptions('userSessions: endAll', options, ['except'])
  const { except } = options
  if (except === undefined || typeof except === 'string') return except
  throw new TypeError(
    `userSessions: endAll: except must be the public id of a session, got ${describe(except)}`,
  )
}

/** Returns the session, or `undefined` if it cannot be read. */
function read(stored: UserSession): FoundSession | undefined {
  try {
    const content = decode(stored.data)
    return 'moved' in content ? undefined : { key: stored.key, stored, content }
  } catch (error) {
    if (error instanceof SessionFormatError) return undefined
    throw error
  }
}

async function attempt<T>(user: string, work: () => Promise<T>): Promise<T> {
  checkUser('userSessions', user)
  try {
    return await work()
  } catch (error) {
    throw error instanceof StoreError ? unavailable(error, true) : error
  }
}
