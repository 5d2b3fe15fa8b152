import { type Application, chain, type Environ, HttpError, handle, type Middleware } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { Counter } from './counter.ts'
import { rejectionFields, remainingOf, secondsLeft, withFields } from './fields.ts'
import { isCost, type RateLimitOptions, readSettings, type Settings } from './options.ts'
import type { Consumption } from './stores/store.ts'

/** What a client has left of its limit. */
export interface RateLimitStatus {
  /** The number of points that are left in the window. */
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly resetIn: number
}

/** The middleware that {@link rateLimit} returns. */
export interface RateLimiter<R extends object = object> extends Middleware<object, R> {
  /**
   * Consumes more points for the client of a request, for example for each message of a WebSocket. Returns `undefined` if
   * the request is exempt or the store has failed.
   *
   * @throws HttpError 429 (by rejection) if the limit is exceeded; 503 if the store has failed and `onStoreError` is
   *   `reject`.
   */
  consume(environ: Environ & R, points?: number): Promise<RateLimitStatus | undefined>
  /** Forgets what the client of a request has consumed, for example after it has signed in. */
  reset(environ: Environ & R): Promise<void>
}

/**
 * Limits the number of requests per client and time window. Requests over the limit get status 429 with `Retry-After`, and
 * do not reach the application. All responses, including errors, have fields that describe the limit.
 *
 * If the store fails or takes longer than `storeTimeout`, requests pass, unless `onStoreError` says otherwise.
 *
 * @throws TypeError if an option is unknown, missing or invalid; when it is applied, if the application already has a limit
 *   of the same name.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { rateLimit } from '@tsgi/rate-limit'
 *
 * const limit = rateLimit({ points: 2, window: '1m', key: () => 'everyone' })
 * const browser = client(limit(() => text('Hello')))
 *
 * const first = await browser.get('/')
 * first.headers.get('ratelimit') // => '"default";r=1;t=60'
 * await browser.get('/')
 * const third = await browser.get('/')
 * third.status // => 429
 * third.headers.get('retry-after') // => '60'
 * ```
 */
export function rateLimit<R extends object = object>(options: RateLimitOptions<R>): RateLimiter<R> {
  const settings = readSettings(options)
  const counter = new Counter(settings)

  function rateLimit<E extends R>(app: Application<E>): Application<E> {
    const limited: Application<E> = function rateLimit(environ) {
      return chain(counter.consume(environ, costOf(settings, environ)), (consumption) => {
        if (consumption === undefined) return app(environ)
        check(settings, consumption.state, consumption.points)
        return chain(handle(app, environ), (response) => withFields(response, settings, consumption.state))
      })
    }
    return named(limited, app, settings.name)
  }

  return Object.assign(rateLimit, {
    async consume(environ: Environ & R, points = 1): Promise<RateLimitStatus | undefined> {
      if (!isCost(points)) {
        throw new TypeError(`rateLimit: points must be a whole number, got ${describe(points)}`)
      }
      const consumption = await counter.consume(environ, points)
      if (consumption === undefined) return undefined
      check(settings, consumption.state, points)
      return { remaining: remainingOf(settings, consumption.state), resetIn: consumption.state.resetIn }
    },
    reset: (environ: Environ & R) => counter.reset(environ),
  })
}

function costOf({ cost }: Settings, environ: Environ): number {
  const points = cost(environ)
  if (isCost(points)) return points
  throw new TypeError(`rateLimit: cost must return a whole number of points, got ${describe(points)}`)
}

/** @throws HttpError 429 if the limit is exceeded. */
function check(settings: Settings, consumption: Consumption, points: number): void {
  // A request that costs nothing still needs a point to be left.
  if (consumption.consumed + (points === 0 ? 1 : 0) <= settings.points) return
  const seconds = secondsLeft(consumption)
  throw new HttpError(
    429,
    `Too many requests. Try again in ${seconds === 1 ? '1 second' : `${seconds} seconds`}.`,
    {
      headers: rejectionFields(settings, consumption),
    },
  )
}

/** The names of the limits of an application, which `stack` copies to the layers around it. */
const limitNames = Symbol('tsgi.rateLimit.names')
type Limited = { readonly [limitNames]?: readonly string[] }

function named<A extends object>(limited: A, app: object, name: string): A {
  const inner = (app as Limited)[limitNames] ?? []
  if (inner.includes(name)) {
    throw new TypeError(
      `rateLimit: there is already a limit with the name '${name}'. Give each one its own name`,
    )
  }
  return Object.assign(limited, { [limitNames]: [...inner, name] })
}
