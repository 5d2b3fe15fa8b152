import { type Awaitable, HttpError } from '@tsgi/core'
import { StoreError } from '../stores/guard-store.ts'
import type { SessionBackend, SessionEnviron, SessionHandle } from './backend.ts'
import { ThrottledLog } from './throttled-log.ts'

/** The time after which clients may try again, in seconds. */
const RETRY_AFTER = 5

/** Returns the error for a request that needs the store while it fails. */
export function unavailable(cause: StoreError, report: boolean): HttpError {
  return new HttpError(503, 'The session store is not available.', {
    headers: { 'retry-after': String(RETRY_AFTER) },
    cause,
    report,
  })
}

/**
 * Responds with 503 and `Retry-After` to requests that use their session while the store fails. Requests that do not
 * use it are not affected.
 */
export function withOutageResponses(backend: SessionBackend): SessionBackend {
  const log = new ThrottledLog()

  function fail({ errors }: SessionEnviron, error: unknown): never {
    if (!(error instanceof StoreError)) throw error
    log.write(errors, error)
    // Core would report each of these errors.
    throw unavailable(error, false)
  }

  function attempt<T>(environ: SessionEnviron, work: () => Awaitable<T>): Awaitable<T> {
    try {
      const result = work()
      return result instanceof Promise ? result.catch((error) => fail(environ, error)) : result
    } catch (error) {
      return fail(environ, error)
    }
  }

  function wrap(environ: SessionEnviron, handle: SessionHandle): SessionHandle {
    return {
      read: () => attempt(environ, () => handle.read()) as ReturnType<SessionHandle['read']>,
      commit: (work) => attempt(environ, () => handle.commit(work)),
    }
  }

  /** The application may not need the session, so the error is thrown when it is used. */
  function failing(environ: SessionEnviron, error: unknown): SessionHandle {
    if (!(error instanceof StoreError)) throw error
    return { read: () => fail(environ, error), commit: () => fail(environ, error) }
  }

  return {
    open(environ) {
      try {
        const opened = backend.open(environ)
        if (!(opened instanceof Promise)) return wrap(environ, opened)
        return opened.then(
          (handle) => wrap(environ, handle),
          (error) => failing(environ, error),
        )
      } catch (error) {
        return failing(environ, error)
      }
    },
  }
}
