import type { ObservedExchange } from '@tsgi/core/gateway'

/** The upper bounds of the histograms of durations, in seconds. */
export const BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

/** A histogram of the durations of finished requests with the same method, route and class of status. */
export interface RouteDurations {
  /** `_OTHER` if the method is unknown, or if the route does not have it. */
  readonly method: string
  /** The pattern of the route. Empty if no route matched, `other` for routes beyond {@link MAX_SERIES}. */
  readonly route: string
  /** The class of the status, such as `2xx`. */
  readonly status: string
  /** The total duration in seconds. */
  sum: number
  /** The number of requests for each of {@link BUCKETS}, then of those that took longer. */
  readonly counts: number[]
}

/** The methods that may be labels. A client could send any number of others. */
const METHODS = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY'],
])

/** Maximum number of histograms. */
export const MAX_SERIES = 2_000

/** The histograms that the route `other` may need: one for each method and class of status. */
const MAX_OTHER = (METHODS.size + 1) * 5

/** The classes of statuses, by first digit. */
const CLASSES = ['', '1xx', '2xx', '3xx', '4xx', '5xx']

/** The status that nginx logs if the client left before there was a response. */
const CLIENT_LEFT = 499

/** Measures the durations of requests by route. */
export class DurationsByRoute {
  readonly #all: RouteDurations[] = []
  /** By route, method and class of status. A key of all three would have to be made for each request. */
  readonly #index = new Map<string, Map<string, Map<string, RouteDurations>>>()

  /** @param duration Milliseconds. */
  record({ method, status, environ }: ObservedExchange, duration: number): void {
    const code = status === 0 ? CLIENT_LEFT : status
    // A client could request each route with each method.
    const name = METHODS.has(method) && code !== 405 ? method : '_OTHER'
    const series = this.#find(name, environ.route ?? '', CLASSES[Math.floor(code / 100)]!)
    const seconds = duration / 1000
    series.sum += seconds
    let bucket = 0
    while (bucket < BUCKETS.length && seconds > BUCKETS[bucket]!) bucket++
    series.counts[bucket]!++
  }

  /** Adds the measurements of another process. */
  add(changes: readonly RouteDurations[]): void {
    for (const { method, route, status, sum, counts } of changes) {
      const series = this.#find(method, route, status)
      series.sum += sum
      for (const [at, count] of counts.entries()) series.counts[at]! += count
    }
  }

  /** Returns the measurements since the previous call, for another process to add. */
  take(): RouteDurations[] {
    const changes: RouteDurations[] = []
    for (const series of this.#all) {
      if (series.counts.every((count) => count === 0)) continue
      changes.push({ ...series, counts: [...series.counts] })
      series.sum = 0
      series.counts.fill(0)
    }
    return changes
  }

  values(): readonly RouteDurations[] {
    return this.#all
  }

  #find(method: string, route: string, status: string): RouteDurations {
    const found = this.#index.get(route)?.get(method)?.get(status)
    if (found !== undefined) return found
    if (route !== OTHER && this.#all.length >= MAX_SERIES - MAX_OTHER)
      return this.#find(method, OTHER, status)
    const series = { method, route, status, sum: 0, counts: new Array<number>(BUCKETS.length + 1).fill(0) }
    this.#all.push(series)
    const byMethod = this.#index.get(route) ?? new Map<string, Map<string, RouteDurations>>()
    const byStatus = byMethod.get(method) ?? new Map<string, RouteDurations>()
    this.#index.set(route, byMethod.set(method, byStatus.set(status, series)))
    return series
  }
}

/** No pattern: those begin with a slash. */
const OTHER = 'other'
