import type { Awaitable } from '@tsgi/core'
import { isStorableStatus, type Policy } from '../rules/policy.ts'
import { TOKEN } from '../rules/vary.ts'

/** A response in a {@link ResponseCacheStore}. */
export interface StoredResponse extends Policy {
  readonly status: number
  readonly statusText: string
  /** The header fields by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The pattern of the route that created it. */
  readonly route: string | undefined
  readonly body: Uint8Array<ArrayBuffer>
}

/** What a {@link ResponseCacheStore} has instead of a response if it depends on request headers (`Vary`). */
export interface StoredVariants {
  /** The names of these headers. */
  readonly names: readonly string[]
  /** A part of the keys of the responses. Without this record, they cannot be found any more. */
  readonly generation: string
}

/** A record in a {@link ResponseCacheStore}. */
export type CacheRecord = StoredResponse | StoredVariants

/**
 * Where `responseCache` stores responses. A store may forget any record at any time. `memoryCache()` and `redisCache()`
 * create one.
 *
 * @example
 * ```ts
 * import { type CacheRecord, type ResponseCacheStore, responseCache } from '@tsgi/toolbox'
 *
 * const records = new Map<string, CacheRecord>()
 * const store: ResponseCacheStore = {
 *   get: (key) => records.get(key),
 *   set: (key, record) => void records.set(key, record),
 *   delete: (key) => void records.delete(key),
 * }
 * const cache = responseCache({ store })
 * typeof cache // => 'function'
 * ```
 */
export interface ResponseCacheStore {
  /** Returns the record under a key. Keys are texts of any length. */
  get(key: string): Awaitable<CacheRecord | undefined>
  /** Adds or replaces a record. After `lifetime` milliseconds, it is useless. */
  set(key: string, record: CacheRecord, lifetime: number): Awaitable<void>
  delete(key: string): Awaitable<void>
}

/** The characters of a field value (RFC 9110 §5.5), and of a reason phrase. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Reports whether a value that a store returned is a record: another program or version may have written it. */
export function isRecord(value: unknown): value is CacheRecord {
  const record = Object(value) as Partial<Record<keyof StoredResponse | keyof StoredVariants, unknown>>
  if (record.names !== undefined) return isList(record.names) && typeof record.generation === 'string'
  const { body, headers, status, statusText, route, createdAt, lifetime } = record
  return (
    body instanceof Uint8Array &&
    isStorableStatus(status) &&
    typeof statusText === 'string' &&
    FIELD_VALUE.test(statusText) &&
    (route === undefined || typeof route === 'string') &&
    Number.isFinite(createdAt) &&
    Number.isFinite(lifetime) &&
    typeof headers === 'object' &&
    headers !== null &&
    Object.entries(headers).every(
      ([name, value]) => TOKEN.test(name) && typeof value === 'string' && FIELD_VALUE.test(value),
    )
  )
}

function isList(names: unknown): boolean {
  return Array.isArray(names) && names.every((name) => typeof name === 'string' && TOKEN.test(name))
}
