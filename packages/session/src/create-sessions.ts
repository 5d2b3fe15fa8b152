import { createEncrypter } from '@tsgi/cookies'
import { type Awaitable, chain } from '@tsgi/core'
import { createKeyHasher } from '#key-hasher'
import type { SessionBackend, SessionEnviron } from './backend/backend.ts'
import { ChunkedCookie } from './backend/chunked-cookie.ts'
import { cookieBackend } from './backend/cookie-backend.ts'
import { withOutageResponses } from './backend/outage.ts'
import { createRevocationCheck } from './backend/revocation.ts'
import { storeBackend } from './backend/store-backend.ts'
import { withCacheHeaders } from './cache-headers.ts'
import type { JsonValues, ReadonlyValues } from './content/json.ts'
import type { SchemaOf, SessionSchema, ValuesOf } from './content/schema.ts'
import { createOptimisticWriter } from './merge/optimistic-writer.ts'
import { isCookieStore, readOptions, type SessionOptions, type SessionSettings } from './options.ts'
import { RequestSession } from './request-session.ts'
import type { Session } from './session-type.ts'
import { guardStore } from './stores/guard-store.ts'

/** The two halves of the middleware `session`, created by {@link createSessions}. */
export interface Sessions<Values extends object = Record<string, unknown>> {
  /**
   * Returns the session of the visitor who sent the request.
   *
   * @throws TypeError if the environ has no `cookies`.
   */
  open(environ: SessionEnviron): Awaitable<Session<Values>>
  /**
   * Stores the session's changes, sets the cookie if necessary, and returns the response with the headers that caches need.
   * If the response's status is 500 or more, nothing is stored. The session cannot be changed afterwards.
   *
   * @throws RangeError (by rejection) if the session is too large.
   * @throws HttpError 503 (by rejection) if the store fails.
   * @throws TypeError (by rejection) if `open` did not create the session.
   */
  commit(session: Session<Values>, response: Response): Awaitable<Response>
}

/**
 * Creates the two halves of `session()`, for code that is not an application, such as a test, or a WebSocket that needs
 * to identify its visitor.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { cookies } from '@tsgi/cookies'
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { createSessions } from '@tsgi/session'
 *
 * const sessions = createSessions({ secrets: 'a secret of at least 32 characters' })
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
export function createSessions<
  Values extends JsonValues<Values> = Record<string, unknown>,
  Schema extends SessionSchema = SchemaOf<Values>,
>(options: SessionOptions<Values, Schema>): Sessions<ValuesOf<Values, Schema>> {
  const settings = readOptions(options)
  const backend = createBackend(settings)
  const isProcessLocal = 'processLocal' in settings.store && settings.store.processLocal === true
  let hasWarned = false

  function warnAboutProcesses({ gateway, errors }: SessionEnviron): void {
    if (hasWarned || !isProcessLocal || !gateway.multiprocess) return
    hasWarned = true
    errors.write(
      'session: there are several processes, but the store is not shared between them, so visitors will lose their sessions at random. Use sqliteStore(), postgresStore() or redisStore()',
    )
  }

  return {
    open(environ) {
      if (environ.cookies === undefined) {
        throw new TypeError("session: 'cookies' is missing: apply cookies() before session()")
      }
      warnAboutProcesses(environ)
      return chain(
        backend.open(environ),
        (handle) => new RequestSession<ReadonlyValues<ValuesOf<Values, Schema>>>(handle, settings.validator),
      )
    },
    commit(session, response) {
      if (!(session instanceof RequestSession)) {
        return cancel(response, new TypeError('session: commit needs a session that open returned'))
      }
      const { isUsed } = session
      if (response.status >= 500) {
        session.close()
        return withCacheHeaders(response, { isUsed, setsCookie: false })
      }
      try {
        const setsCookie = session.commit()
        return setsCookie instanceof Promise
          ? setsCookie.then(
              (setsCookie) => withCacheHeaders(response, { isUsed, setsCookie }),
              (error) => cancel(response, error),
            )
          : withCacheHeaders(response, { isUsed, setsCookie })
      } catch (error) {
        return cancel(response, error)
      }
    },
  }
}

function createBackend(settings: SessionSettings): SessionBackend {
  const { secrets, store, storeTimeout, ignoresStoreErrors, cookie, lifetime, maxSize } = settings
  if (isCookieStore(store)) {
    const { maxCookies, revoked } = store
    const isRevoked = createRevocationCheck(revoked, storeTimeout)
    const chunked = new ChunkedCookie(cookie, maxCookies)
    const backend = cookieBackend(createEncrypter(secrets), chunked, lifetime, isRevoked)
    return withOutageResponses(backend, ignoresStoreErrors)
  }
  const guarded = guardStore(store, storeTimeout)
  const hasher = createKeyHasher(secrets)
  const writer = createOptimisticWriter(guarded, hasher, lifetime, maxSize)
  return withOutageResponses(storeBackend(guarded, hasher, writer, cookie, lifetime), ignoresStoreErrors)
}

/** The response will not be sent, so the source of its body must stop. */
async function cancel(response: Response, error: unknown): Promise<never> {
  await response.body?.cancel(error).catch(() => {})
  throw error
}
