import { checkOptions, readLimits } from '@tsgi/core/options'
import type { RateLimitStore, RateLimitStoreFactory } from './store.ts'

/** The options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** Maximum number of keys. Beyond it, the oldest key is forgotten. Default: 100,000. */
  readonly maxKeys?: number
}

/**
 * Counts in the memory of the process. With several workers, each counts only its own requests.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { memoryStore, rateLimit } from '@tsgi/rate-limit'
 *
 * const limit = rateLimit({ points: 100, window: '1m', store: memoryStore({ maxKeys: 10_000 }) })
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): RateLimitStoreFactory {
  checkOptions('memoryStore', options, ['maxKeys'])
  const { maxKeys } = readLimits('memoryStore', options, {
    maxKeys: { default: 100_000, min: 1, max: 10_000_000, unit: 'keys' },
  })
  return Object.assign(({ window }: { readonly window: number }) => new MemoryStore(window, maxKeys), {
    isLocal: true,
  })
}

interface Counter {
  consumed: number
  readonly endsAt: number
}

class MemoryStore implements RateLimitStore {
  readonly #window: number
  readonly #maxKeys: number
  /** In the order in which the windows end, because all windows have the same length. */
  readonly #counters = new Map<string, Counter>()

  constructor(window: number, maxKeys: number) {
    this.#window = window
    this.#maxKeys = maxKeys
  }

  consume(key: string, points: number): { consumed: number; resetIn: number } {
    const now = performance.now()
    const counter = this.#counters.get(key)
    if (counter !== undefined && counter.endsAt > now) {
      counter.consumed += points
      return { consumed: counter.consumed, resetIn: counter.endsAt - now }
    }
    if (points > 0) this.#begin(key, points, now)
    return { consumed: points, resetIn: this.#window }
  }

  reset(key: string): void {
    this.#counters.delete(key)
  }

  #begin(key: string, points: number, now: number): void {
    this.#counters.delete(key)
    for (const [oldest, { endsAt }] of this.#counters) {
      if (endsAt > now && this.#counters.size < this.#maxKeys) break
      this.#counters.delete(oldest)
    }
    this.#counters.set(key, { consumed: points, endsAt: now + this.#window })
  }
}
