import type { Awaitable, ErrorLog } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { type CacheRecord, isRecord, type ResponseCacheStore } from './store.ts'

/** After a failure, the store is not asked for this time, so that requests do not wait for it. In milliseconds. */
const PAUSE = 1000

/** An outage is reported once, and again after this time. In milliseconds. */
const REPORT_INTERVAL = 60_000

/** A store that may fail or hang: it then has no records. Its methods never throw or reject. */
export class GuardedStore {
  readonly #store: ResponseCacheStore
  readonly #timeout: number
  #pausedUntil = Number.NEGATIVE_INFINITY
  #reportedAt = Number.NEGATIVE_INFINITY

  /** @param timeout How long a call may take, in milliseconds. */
  constructor(store: ResponseCacheStore, timeout: number) {
    this.#store = store
    this.#timeout = timeout
  }

  get(key: string, errors: ErrorLog): Awaitable<CacheRecord | undefined> {
    return this.#attempt(errors, () => this.#store.get(key), checkedRecord)
  }

  set(key: string, record: CacheRecord, lifetime: number, errors: ErrorLog): Awaitable<void> {
    return this.#attempt(errors, () => this.#store.set(key, record, lifetime), nothing)
  }

  delete(key: string, errors: ErrorLog): Awaitable<void> {
    return this.#attempt(errors, () => this.#store.delete(key), nothing)
  }

  #attempt<T, R>(
    errors: ErrorLog,
    call: () => Awaitable<T>,
    check: (value: T) => R,
  ): Awaitable<R | undefined> {
    if (performance.now() < this.#pausedUntil) return undefined
    try {
      const value = call()
      // Clients of databases have promises of their own.
      const isPending = typeof (Object(value) as { then?: unknown }).then === 'function'
      if (!isPending) return check(value as T)
      return this.#inTime(value as Promise<T>)
        .then(check)
        .catch((error) => this.#fail(errors, error))
    } catch (error) {
      return this.#fail(errors, error)
    }
  }

  #inTime<T>(value: PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const tooLate = () => reject(new Error(`the store took longer than ${this.#timeout} ms`))
      const timer = setTimeout(tooLate, this.#timeout)
      Promise.resolve(value)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
  }

  #fail(errors: ErrorLog, cause: unknown): undefined {
    const now = performance.now()
    this.#pausedUntil = now + PAUSE
    if (now - this.#reportedAt < REPORT_INTERVAL) return
    this.#reportedAt = now
    errors.write(new Error('responseCache: the store failed, so responses are not cached', { cause }))
  }
}

function checkedRecord(value: CacheRecord | undefined): CacheRecord | undefined {
  if (value === undefined || value === null) return undefined
  if (isRecord(value)) return value
  throw new TypeError(`the store must return a record or undefined, got ${describe(value)}`)
}

function nothing(): undefined {}
