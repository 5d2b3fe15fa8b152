import { type Awaitable, chain, type ErrorLog } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { RecentKeys } from './recent-keys.ts'
import { type CacheRecord, isRecord, type ResponseCacheStore } from './store.ts'

/** After a failure, the store is not asked for this time, so that requests do not wait for it. In milliseconds. */
const PAUSE = 1000

/** An outage is reported once, and again after this time. In milliseconds. */
const REPORT_INTERVAL = 60_000

/**
 * A store that may fail or hang: it then has no records. Its methods never throw or reject. A record that could not be
 * deleted is not returned any more, and deleting it is tried again.
 */
export class GuardedStore {
  readonly #store: ResponseCacheStore
  readonly #timeout: number
  /** The keys of records that could not be deleted. */
  readonly #undeleted = new RecentKeys()
  /** Responses that were created before this time may have been among those, if there were too many. */
  #distrustedUntil = Number.NEGATIVE_INFINITY
  #pausedUntil = Number.NEGATIVE_INFINITY
  #reportedAt = Number.NEGATIVE_INFINITY

  /** @param timeout How long a call may take, in milliseconds. */
  constructor(store: ResponseCacheStore, timeout: number) {
    this.#store = store
    this.#timeout = timeout
  }

  get(key: string, errors: ErrorLog): Awaitable<CacheRecord | undefined> {
    if (this.#undeleted.has(key)) return chain(this.delete(key, errors), nothing)
    const { oldest } = this.#undeleted
    // For the other processes that use the store.
    if (oldest !== undefined) this.delete(oldest, errors)
    return this.#attempt(
      errors,
      () => this.#store.get(key),
      (value) => this.#checked(value),
    )
  }

  set(key: string, record: CacheRecord, lifetime: number, errors: ErrorLog): Awaitable<void> {
    const trust = this.#trusting(key)
    return this.#attempt(errors, () => this.#store.set(key, record, lifetime), trust)
  }

  delete(key: string, errors: ErrorLog): Awaitable<void> {
    if (this.#undeleted.add(key)) this.#distrustedUntil = Date.now()
    const trust = this.#trusting(key)
    return this.#attempt(errors, () => this.#store.delete(key), trust)
  }

  /** Returns a function that trusts the record under a key again, unless another deletion has begun since. */
  #trusting(key: string): () => void {
    const version = this.#undeleted.versionOf(key)
    return () => {
      if (this.#undeleted.versionOf(key) === version) this.#undeleted.delete(key)
    }
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

  #checked(value: CacheRecord | undefined): CacheRecord | undefined {
    if (value === undefined || value === null) return undefined
    if (!isRecord(value)) {
      throw new TypeError(`the store must return a record or undefined, got ${describe(value)}`)
    }
    const isDistrusted = 'createdAt' in value && value.createdAt <= this.#distrustedUntil
    return isDistrusted ? undefined : value
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

function nothing(): undefined {}
