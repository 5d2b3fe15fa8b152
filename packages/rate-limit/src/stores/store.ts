import type { Awaitable } from '@tsgi/core'

/** The limit that a store counts for. */
export interface RateLimitPolicy {
  /** The name of the limit, which distinguishes its keys from those of others in the same database. */
  readonly name: string
  /** The number of points per window. */
  readonly points: number
  /** The length of a window in milliseconds: whole seconds. */
  readonly window: number
}

/** The state of a key after points were consumed. */
export interface Consumption {
  /** The number of points consumed in the current window. */
  readonly consumed: number
  /** Milliseconds until the window ends. */
  readonly resetIn: number
}

/** Counts the points that each key has consumed. A window begins with the first consumption and ends after its length. */
export interface RateLimitStore {
  /**
   * Adds points to a key, atomically, and returns its state. Zero points only return the state. A key is at most 128
   * printable ASCII characters long.
   */
  consume(key: string, points: number): Awaitable<Consumption>
  /** Forgets what a key has consumed. */
  reset(key: string): Awaitable<void>
}

/** Makes the store of a limit. `memoryStore()`, `redisStore()` and `postgresStore()` return one. */
export type RateLimitStoreFactory = ((policy: RateLimitPolicy) => RateLimitStore) & {
  /** Whether the store only counts the requests of its own process. */
  readonly isLocal?: boolean
}
