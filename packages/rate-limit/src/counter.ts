import { type Awaitable, chain, type Environ, HttpError } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import type { Settings } from './options.ts'
import { safeKey } from './safe-key.ts'
import type { Consumption } from './stores/store.ts'

/** The points that a request consumed, and the state of its key afterwards. */
export interface Counted {
  readonly points: number
  readonly state: Consumption
}

/** Returns the state from a store as a native promise or immediately. Throws if it is not a state. */
function stateOf(returned: Awaitable<Consumption>): Awaitable<Consumption> {
  // Clients of databases have promises of their own.
  const isPending = typeof (Object(returned) as Partial<Promise<Consumption>>).then === 'function'
  return isPending ? Promise.resolve(returned).then(checkState) : checkState(returned as Consumption)
}

/** Compared with a limit, `undefined` or `NaN` would reject every request. */
function checkState(state: Consumption): Consumption {
  const { consumed, resetIn } = Object(state) as Partial<Consumption>
  if (Number.isFinite(consumed) && Number.isFinite(resetIn)) return state
  throw new TypeError(
    `The store must return { consumed, resetIn } with two numbers, got ${describe(consumed)} and ${describe(resetIn)}`,
  )
}

/** How often a failing store is reported. */
const REPORT_INTERVAL_MS = 60_000

/** Counts requests in a store that may fail or hang. */
export class Counter {
  readonly #settings: Settings
  #reportedAt = Number.NEGATIVE_INFINITY
  readonly #reported = new Set<string>()

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /**
   * Consumes points of the client. Returns `undefined` if the request is exempt, or if the store failed and requests pass.
   *
   * @throws HttpError 503 if the store failed and requests are rejected.
   */
  consume(environ: Environ, points: number): Awaitable<Counted | undefined> {
    const key = this.#keyOf(environ)
    if (key === undefined) return undefined
    this.#warnOfWorkers(environ)
    const { store } = this.#settings
    let state: Awaitable<Consumption>
    try {
      state = chain(key, (key) => stateOf(store.consume(key, points)))
    } catch (error) {
      return this.#failed(environ, error)
    }
    if (!(state instanceof Promise)) return { points, state }
    return this.#inTime(state).then(
      (state) => ({ points, state }),
      (error) => this.#failed(environ, error),
    )
  }

  /** Forgets what the client has consumed. */
  async reset(environ: Environ): Promise<void> {
    const key = await this.#keyOf(environ)
    if (key === undefined) return
    try {
      await this.#inTime(Promise.resolve(this.#settings.store.reset(key)))
    } catch (error) {
      this.#failed(environ, error)
    }
  }

  #keyOf(environ: Environ): Awaitable<string> | undefined {
    const { key, isByAddress } = this.#settings
    const value = key(environ)
    if (value !== undefined) return safeKey(value)
    if (isByAddress) {
      this.#reportOnce(
        environ,
        'the client has no address, so the request is not limited. Trust the proxy in front of the server, or pass `key`',
      )
    }
    return undefined
  }

  #inTime<T>(promise: Promise<T>): Promise<T> {
    const { storeTimeout } = this.#settings
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The store took longer than ${storeTimeout} ms`)),
        storeTimeout,
      )
      promise.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }

  #failed(environ: Environ, cause: unknown): undefined {
    const { name, rejects } = this.#settings
    const now = performance.now()
    if (now - this.#reportedAt >= REPORT_INTERVAL_MS) {
      this.#reportedAt = now
      const effect = rejects ? 'requests are rejected' : 'requests are not limited'
      environ.errors.write(new Error(`rateLimit '${name}': the store failed, ${effect}`, { cause }))
    }
    if (!rejects) return undefined
    throw new HttpError(503, 'The service is temporarily unavailable.', {
      headers: { 'retry-after': '5' },
      report: false,
    })
  }

  #warnOfWorkers(environ: Environ): void {
    if (!this.#settings.isLocal || !environ.gateway.multiprocess) return
    this.#reportOnce(
      environ,
      'memoryStore() counts the requests of one process, so several workers allow several times as many. Use redisStore() or postgresStore() to count them together',
    )
  }

  #reportOnce(environ: Environ, problem: string): void {
    if (this.#reported.has(problem)) return
    this.#reported.add(problem)
    environ.errors.write(`rateLimit '${this.#settings.name}': ${problem}`)
  }
}
