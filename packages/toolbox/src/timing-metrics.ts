interface Metric {
  duration: number | undefined
  description: string | undefined
}

/** Enough for any page. More would fill the head of the response. */
const MAX_METRICS = 50

/** The metrics of one request, and their text in `Server-Timing`. */
export class Metrics {
  readonly #startedAt = performance.now()
  readonly #metrics = new Map<string, Metric>()

  measure<T>(name: string, work: () => T): T {
    const startedAt = performance.now()
    const stop = () => this.add(name, performance.now() - startedAt)
    let result: T
    try {
      result = work()
    } catch (error) {
      stop()
      throw error
    }
    if (result instanceof Promise) result.then(stop, stop)
    else stop()
    return result
  }

  add(name: string, duration?: number, description?: string): void {
    const key = token(name)
    const metric = this.#metrics.get(key) ?? { duration: undefined, description: undefined }
    if (duration !== undefined && Number.isFinite(duration)) {
      metric.duration = (metric.duration ?? 0) + duration
    }
    metric.description = description ?? metric.description
    if (this.#metrics.has(key) || this.#metrics.size < MAX_METRICS) this.#metrics.set(key, metric)
  }

  /** Adds the time since the request arrived here. */
  addTotal(): void {
    this.#metrics.delete('total')
    this.#metrics.set('total', { duration: performance.now() - this.#startedAt, description: undefined })
  }

  toString(): string {
    return [...this.#metrics].map(format).join(', ')
  }
}

function format([name, { duration, description }]: [string, Metric]): string {
  const desc = description === undefined ? '' : `;desc="${quotable(description)}"`
  const dur = duration === undefined ? '' : `;dur=${Math.round(duration * 100) / 100}`
  return name + desc + dur
}

/** A browser ignores the whole header if a name has other characters, such as `/` or `:` (RFC 9110 §5.6.2). */
function token(name: string): string {
  return String(name).replace(/[^\w!#$%&'*+.^`|~-]+/g, '-') || '-'
}

/** The content of a quoted string (RFC 9110 §5.6.4), in visible ASCII. */
function quotable(text: string): string {
  return String(text)
    .replace(/[^\x20-\x7e]/gu, '?')
    .replace(/["\\]/g, '\\$&')
}
