import type { Environ } from '@tsgi/core'
import { checkOptions, type Duration, describe, duration, readLimits } from '@tsgi/core/options'
import { addressKey } from './address-key.ts'
import { memoryStore } from './stores/memory.ts'
import type { RateLimitPolicy, RateLimitStore, RateLimitStoreFactory } from './stores/store.ts'

/** The options of {@link rateLimit}. `R` are the environ keys that `key` and `cost` read. */
export interface RateLimitOptions<R extends object = object> {
  /** The number of points per window. A request costs one point. */
  readonly points: number
  /** The length of a window: whole seconds. It begins with a client's first request. */
  readonly window: Duration
  /** The name of the limit, in header fields and keys: letters, digits, `-`, `_` and `.`. Default: `default`. */
  readonly name?: string
  /** Identifies the client. `undefined` exempts the request. Default: `addressKey()`. */
  readonly key?: (environ: Environ & R) => string | undefined
  /** The number of points that a request costs. 0 only checks whether points are left. Default: 1. */
  readonly cost?: number | ((environ: Environ & R) => number)
  /** Where to count. Default: `memoryStore()`. */
  readonly store?: RateLimitStoreFactory
  /** What to do if the store fails: `allow` requests, or `reject` them with status 503. Default: `allow`. */
  readonly onStoreError?: 'allow' | 'reject'
  /** How long to wait for the store. Default: 100 ms. */
  readonly storeTimeout?: Duration
  /**
   * The header fields of responses: `standard` for `RateLimit` and `RateLimit-Policy`, `legacy` for
   * `X-RateLimit-Limit`, `-Remaining` and `-Reset`, `none`. Default: `standard`.
   */
  readonly fields?: 'standard' | 'legacy' | 'none'
}

/** The checked options. */
export interface Settings extends RateLimitPolicy {
  readonly key: (environ: Environ) => string | undefined
  /** Whether clients are identified by their address. */
  readonly isByAddress: boolean
  readonly cost: (environ: Environ) => number
  readonly store: RateLimitStore
  readonly isLocal: boolean
  readonly rejects: boolean
  readonly storeTimeout: number
  readonly fields: 'standard' | 'legacy' | 'none'
}

const names = ['points', 'window', 'name', 'key', 'cost', 'store', 'onStoreError', 'storeTimeout', 'fields']

/** @throws TypeError if an option is unknown, missing or invalid. */
export function readSettings<R extends object>(options: RateLimitOptions<R>): Settings {
  checkOptions('rateLimit', options, names)
  for (const required of ['points', 'window'] as const) {
    if (options[required] === undefined) throw new TypeError(`rateLimit: ${required} is required`)
  }
  const { name = 'default', key, cost = 1, store = memoryStore() } = options
  const { onStoreError = 'allow', fields = 'standard' } = options
  const limits = readLimits('rateLimit', options, {
    points: { default: 1, min: 1, max: 1_000_000_000, unit: 'points' },
    window: duration('1s', '1s', '31d'),
    storeTimeout: duration(100, 1, '1m'),
  })
  const { points, window, storeTimeout } = limits
  if (window % 1000 !== 0) expect('window', 'whole seconds', options.window)
  if (typeof name !== 'string' || !/^[A-Za-z][\w.-]{0,63}$/.test(name)) {
    expect('name', 'a letter and up to 63 letters, digits, hyphens, underscores and dots', name)
  }
  if (key !== undefined && typeof key !== 'function') expect('key', 'a function', key)
  if (typeof cost !== 'function' && !isCost(cost)) expect('cost', 'a whole number or a function', cost)
  if (typeof store !== 'function') {
    expect('store', 'the result of memoryStore(), redisStore() or postgresStore()', store)
  }
  if (!['allow', 'reject'].includes(onStoreError)) expect('onStoreError', "'allow' or 'reject'", onStoreError)
  if (!['standard', 'legacy', 'none'].includes(fields)) {
    expect('fields', "'standard', 'legacy' or 'none'", fields)
  }
  return {
    name,
    points,
    window,
    key: (key as Settings['key'] | undefined) ?? addressKey(),
    isByAddress: key === undefined,
    cost: typeof cost === 'function' ? (cost as Settings['cost']) : () => cost,
    store: store({ name, points, window }),
    isLocal: store.isLocal === true,
    rejects: onStoreError === 'reject',
    storeTimeout,
    fields,
  }
}

/** Reports whether a value is a number of points. */
export function isCost(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000_000
}

function expect(option: string, expected: string, value: unknown): never {
  throw new TypeError(`rateLimit: ${option} must be ${expected}, got ${describe(value)}`)
}
