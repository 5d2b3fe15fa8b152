import { checkOptions } from '../../options/check-options.ts'
import { describe } from '../../options/describe.ts'
import { type Bounds, readLimits } from '../../options/limits.ts'

/** The options of {@link LoadShedder}. */
export interface LoadShedderOptions {
  /** Maximum number of requests in flight; further ones are rejected. A streamed response counts until it has ended. Default: no limit. */
  readonly maxInFlight?: number
  /** Returns why the process is overloaded, apart from `maxInFlight`, or undefined if it is not. Called for each request. */
  readonly overload?: () => string | undefined
  /** Paths that are never rejected, such as the health check, exactly as in `pathInfo`. Default: none. */
  readonly neverShed?: string | readonly string[]
  /** Called when requests are rejected, at most once a second, with their number since the last call. */
  readonly report?: (count: number, reason: string) => void
}

/**
 * Decides which requests a gateway rejects with status 503 because the process is overloaded. It observes the requests to
 * count those in flight. Share one between all gateways of a process.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { LoadShedder } from '@tsgi/core/gateway'
 *
 * const loadShedder = new LoadShedder({ maxInFlight: 1, neverShed: '/health' })
 * loadShedder.rejects('/') // => false
 * loadShedder.began()
 * loadShedder.rejects('/') // => true
 * loadShedder.rejects('/health') // => false
 * ```
 */
export class LoadShedder {
  #inFlight = 0
  readonly #maxInFlight: number
  readonly #overload: () => string | undefined
  readonly #neverShed: ReadonlySet<string>
  readonly #report: (count: number, reason: string) => void
  #rejected = 0
  #reportedAt = Number.NEGATIVE_INFINITY

  /** @param factory The name at the beginning of error messages. */
  constructor(options: LoadShedderOptions, factory = 'LoadShedder') {
    checkOptions(factory, options, optionNames)
    const { overload = () => undefined, neverShed = [], report = () => {} } = options
    this.#maxInFlight = readLimits(factory, options, sheddingBounds).maxInFlight
    this.#overload = overload
    this.#neverShed = new Set(readPaths(factory, neverShed))
    this.#report = report
  }

  /** Number of requests in flight. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Called by the gateway before the application. */
  began(): void {
    this.#inFlight++
  }

  /** Called by the gateway when the response has ended. */
  ended(): void {
    this.#inFlight--
  }

  /** Returns whether a request must be rejected. */
  rejects(pathInfo: string): boolean {
    const reason = this.#inFlight >= this.#maxInFlight ? `${this.#inFlight} in flight` : this.#overload()
    if (reason === undefined || this.#neverShed.has(pathInfo)) return false
    this.#rejected++
    const now = performance.now()
    if (now - this.#reportedAt >= REPORT_MS) {
      this.#reportedAt = now
      this.#report(this.#rejected, reason)
      this.#rejected = 0
    }
    return true
  }
}

/** Minimum time between two reports in milliseconds. */
const REPORT_MS = 1_000

const optionNames = ['maxInFlight', 'overload', 'neverShed', 'report']

const sheddingBounds: Readonly<Record<'maxInFlight', Bounds>> = {
  maxInFlight: {
    default: Number.POSITIVE_INFINITY,
    min: 1,
    max: Number.POSITIVE_INFINITY,
    unit: 'requests',
  },
}

function readPaths(factory: string, value: unknown): readonly string[] {
  const paths: unknown[] = Array.isArray(value) ? value : [value]
  for (const path of paths) {
    if (typeof path === 'string' && path.startsWith('/')) continue
    throw new TypeError(`${factory}: neverShed must be paths that start with /, got ${describe(path)}`)
  }
  return paths as string[]
}
