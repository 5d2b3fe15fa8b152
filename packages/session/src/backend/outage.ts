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
 *
 * @param ignores Whether requests continue instead: without a session, and without storing their changes.
 */
export function withOutageResponses(backend: SessionBackend, ignores: boolean): SessionBackend {
  const log = new ThrottledLog()

  function report({ errors }: SessionEnviron, error: unknown): StoreError {
    if (!(error instanceof StoreError)) throw error
    log.write(errors, error)
    return error
  }

  function fail(environ: SessionEnviron, error: unknown): never {
    // Core would report each of these errors.
    throw unavailable(report(environ, error), false)
  }

  function wrap(environ: SessionEnviron, handle: SessionHandle): SessionHandle {
    const strict: SessionHandle = {
      read: () =>
        attempt(
          () => handle.read(),
          (error) => fail(environ, error),
        ) as ReturnType<SessionHandle['read']>,
      commit: (work) =>
        attempt(
          () => handle.commit(work),
          (error) => fail(environ, error),
        ),
    }
    if (!ignores) return strict
    let failure: StoreError | undefined
    const ignore = (error: unknown): false => {
      failure = report(environ, error)
      return false
    }
    return {
      read: () =>
        (attempt(() => handle.read(), ignore) as ReturnType<SessionHandle['read']> | false) || undefined,
      commit(work) {
        // A visitor who could not be signed out must not be told so.
        if (work.destroys) return strict.commit(work)
        if (failure === undefined) {
          return work.regeneratesId ? strict.commit(work) : attempt(() => handle.commit(work), ignore)
        }
        // Without a new id, the browser keeps the session of whoever was signed in before.
        return work.regeneratesId ? fail(environ, failure) : false
      },
    }
  }

  return {
    open(environ) {
      // The application may not need the session, so the error is thrown when it is used.
      const failing = (error: unknown): SessionHandle => {
        if (!(error instanceof StoreError)) throw error
        const rethrow = () => {
          throw error
        }
        return { read: rethrow, commit: rethrow }
      }
      const opened = attempt(() => backend.open(environ), failing)
      return opened instanceof Promise
        ? opened.then((handle) => wrap(environ, handle))
        : wrap(environ, opened)
    },
  }
}

/** Returns the result of the work, or of `onError` if it throws or rejects. */
function attempt<T, F>(work: () => Awaitable<T>, onError: (error: unknown) => F): Awaitable<T | F> {
  try {
    const result = work()
    return result instanceof Promise ? result.catch(onError) : result
  } catch (error) {
    return onError(error)
  }
}
