import { type Awaitable, chain, type Environ } from '@tsgi/core'
import type { Settings } from './options.ts'
import { selectorOf, unionOf, varyNames } from './rules/vary.ts'
import { GuardedStore } from './stores/guarded-store.ts'
import type { StoredResponse, StoredVariants } from './stores/store.ts'

/** How long a stale response with a validator is kept, for revalidation: an hour. */
const KEPT_STALE = 3_600_000

/** How long the names of the selecting headers are kept at least: 30 days. */
const KEPT_NAMES = 30 * 86_400_000

/** Where a response is, or would be, in the store. */
export interface Place {
  readonly key: string
  readonly stored: StoredResponse | undefined
}

/** The stored responses: one for a URL, or several if they depend on request headers (RFC 9111 §4.1). */
export class Entries {
  readonly #store: GuardedStore

  constructor({ store, storeTimeout }: Settings) {
    this.#store = new GuardedStore(store, storeTimeout)
  }

  find({ headers, errors }: Environ, key: string): Awaitable<Place> {
    return chain(this.#store.get(key, errors), (record): Awaitable<Place> => {
      if (record === undefined) return { key, stored: undefined }
      if (!('names' in record)) return { key, stored: record }
      const variant = variantKey(key, record, headers)
      return chain(this.#store.get(variant, errors), (stored) => ({
        key: variant,
        stored: stored === undefined || 'names' in stored ? undefined : stored,
      }))
    })
  }

  /** Stores the response to a request. */
  put({ headers, errors }: Environ, key: string, stored: StoredResponse): Awaitable<void> {
    const lifetime = keptFor(stored)
    if (lifetime <= 0) return
    const names = varyNames(stored.headers.vary ?? null) ?? []
    return chain(this.#store.get(key, errors), (record): Awaitable<void> => {
      const before = record !== undefined && 'names' in record ? record : undefined
      if (before === undefined && names.length === 0) {
        return this.#store.set(key, stored, lifetime, errors)
      }
      const all = unionOf(before?.names ?? [], names) ?? names
      const save = (variants: StoredVariants) =>
        this.#store.set(variantKey(key, variants, headers), stored, lifetime, errors)
      if (before !== undefined && all.length === before.names.length) return save(before)
      // Never an old generation again: it may have been removed meanwhile.
      const variants = { names: all, generation: crypto.randomUUID() }
      return chain(this.#store.set(key, variants, Math.max(lifetime, KEPT_NAMES), errors), () =>
        save(variants),
      )
    })
  }

  /** Removes the responses of a URL. */
  remove({ errors }: Pick<Environ, 'errors'>, key: string): Awaitable<void> {
    return this.#store.delete(key, errors)
  }
}

function variantKey(key: string, { names, generation }: StoredVariants, headers: Headers): string {
  return `${key}\n${generation}\n${selectorOf(names, headers)}`
}

/** Returns for how many more milliseconds a response is useful. */
function keptFor({
  createdAt,
  lifetime,
  staleWhileRevalidate,
  staleIfError,
  headers,
}: StoredResponse): number {
  const hasValidator = headers.etag !== undefined || headers['last-modified'] !== undefined
  const kept = Math.max(staleWhileRevalidate, staleIfError, hasValidator ? KEPT_STALE : 0)
  return Math.min(createdAt + lifetime + kept - Date.now(), 2 ** 31 * 1000)
}
