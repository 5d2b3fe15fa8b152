import type { Environ } from '@tsgi/core'
import { checkOptions, type Duration, describe, duration, readLimits, type Size } from '@tsgi/core/options'
import { isStorableStatus, type StoringRules } from './rules/policy.ts'
import { memoryCache } from './stores/memory.ts'
import type { ResponseCacheStore } from './stores/store.ts'

/** The options of {@link responseCache}. `R` are the environ keys that `when` reads. */
export interface ResponseCacheOptions<R extends object = object> {
  /** Where to store responses. Default: `memoryCache()`. */
  readonly store?: ResponseCacheStore | undefined
  /**
   * Returns the key of a URL: requests with the same key receive the same response. `undefined` bypasses the cache. By
   * default, the whole URL.
   */
  readonly key?: ((url: URL) => string | undefined) | undefined
  /** Whether the cache is used for a request. Default: for every request. */
  readonly when?: ((environ: Environ & R) => boolean) | undefined
  /** The statuses that are stored. Default: 200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414 and 501. */
  readonly statuses?: readonly number[] | undefined
  /**
   * If a response has a `Last-Modified` date but does not say how long it is fresh: the part of the time since then for
   * which it is, such as 0.1. Default: 0, it is not stored.
   */
  readonly heuristic?: number | undefined
  /** Maximum size of a body that is stored. Default: 1 MiB. */
  readonly maxEntrySize?: Size | undefined
  /** How long a call may take while other requests for the same URL wait for its response. Default: 5 seconds. */
  readonly maxWait?: Duration | undefined
  /** How long to wait for the store. Default: 100 ms. */
  readonly storeTimeout?: Duration | undefined
  /** The name of this cache in the field `Cache-Status`, or `false` for no such field. Default: `'tsgi'`. */
  readonly name?: string | false | undefined
}

/** The checked options. */
export interface Settings extends StoringRules {
  readonly store: ResponseCacheStore
  readonly key: ((url: URL) => string | undefined) | undefined
  readonly when: ((environ: Environ) => boolean) | undefined
  readonly maxEntrySize: number
  readonly maxWait: number
  readonly storeTimeout: number
  readonly name: string | false
}

const names = [
  'store',
  'key',
  'when',
  'statuses',
  'heuristic',
  'maxEntrySize',
  'maxWait',
  'storeTimeout',
  'name',
]

/** Statuses that mean what they say without the request, except 206, which the cache cannot combine (RFC 9110 §15.1). */
const STATUSES = [200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 501]

/** @throws TypeError if an option is unknown or invalid. */
export function readSettings<R extends object>(options: ResponseCacheOptions<R>): Settings {
  checkOptions('responseCache', options, names)
  const { store = memoryCache(), key, when, statuses = STATUSES, heuristic = 0, name = 'tsgi' } = options
  for (const method of ['get', 'set', 'delete'] as const) {
    if (typeof (Object(store) as Partial<ResponseCacheStore>)[method] === 'function') continue
    expect('store', 'a store such as memoryCache() or redisCache()', store)
  }
  if (key !== undefined && typeof key !== 'function') expect('key', 'a function', key)
  if (when !== undefined && typeof when !== 'function') expect('when', 'a function', when)
  if (!Array.isArray(statuses) || !statuses.every(isStorableStatus)) {
    expect('statuses', 'a list of statuses from 200 to 599, without 206 and 304', statuses)
  }
  if (!(typeof heuristic === 'number' && heuristic >= 0 && heuristic <= 1)) {
    expect('heuristic', 'a number from 0 to 1', heuristic)
  }
  if (name !== false && (typeof name !== 'string' || !/^[A-Za-z*][\w!#$%&'*+.^`|~:/-]*$/.test(name))) {
    expect('name', 'a token that begins with a letter, or false', name)
  }
  const limits = readLimits('responseCache', options, {
    maxEntrySize: { default: 2 ** 20, min: 0, max: 2 ** 30, unit: 'bytes' },
    maxWait: duration('5s'),
    storeTimeout: duration(100, 1, '1m'),
  })
  return {
    ...limits,
    store,
    key,
    when: when as Settings['when'],
    statuses: new Set(statuses),
    heuristic,
    name,
  }
}

function expect(option: string, expected: string, value: unknown): never {
  throw new TypeError(`responseCache: ${option} must be ${expected}, got ${describe(value)}`)
}
