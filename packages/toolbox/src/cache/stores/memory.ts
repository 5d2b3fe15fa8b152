import { checkOptions, readLimits, type Size } from '@tsgi/core/options'
import type { CacheRecord, ResponseCacheStore } from './store.ts'

/** The options of {@link memoryCache}. */
export interface MemoryCacheOptions {
  /** Maximum size of all responses, with their headers and keys. Default: 64 MiB. */
  readonly maxSize?: Size | undefined
}

interface Slot {
  readonly record: CacheRecord
  readonly size: number
  readonly endsAt: number
}

/**
 * Stores responses in the memory of the process. If they exceed `maxSize`, those that were not used for longest are
 * removed.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { memoryCache, responseCache } from '@tsgi/toolbox'
 *
 * const cache = responseCache({ store: memoryCache({ maxSize: '256MiB' }) })
 * typeof cache // => 'function'
 * ```
 */
export function memoryCache(options: MemoryCacheOptions = {}): ResponseCacheStore {
  checkOptions('memoryCache', options, ['maxSize'])
  const { maxSize } = readLimits('memoryCache', options, {
    maxSize: { default: 64 * 2 ** 20, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes' },
  })
  /** From the least to the most recently used. */
  const slots = new Map<string, Slot>()
  let total = 0

  function remove(key: string, slot: Slot): void {
    slots.delete(key)
    total -= slot.size
  }

  return {
    get(key) {
      const slot = slots.get(key)
      if (slot === undefined) return undefined
      if (slot.endsAt <= Date.now()) {
        remove(key, slot)
        return undefined
      }
      slots.delete(key)
      slots.set(key, slot)
      return slot.record
    },
    set(key, record, lifetime) {
      const before = slots.get(key)
      if (before !== undefined) remove(key, before)
      const slot = { record, size: sizeOf(key, record), endsAt: Date.now() + lifetime }
      if (slot.size > maxSize) return
      for (const [oldest, each] of slots) {
        if (total + slot.size <= maxSize) break
        remove(oldest, each)
      }
      slots.set(key, slot)
      total += slot.size
    },
    delete(key) {
      const slot = slots.get(key)
      if (slot !== undefined) remove(key, slot)
    },
  }
}

/** The memory for the objects of a record, about. */
const OVERHEAD = 512

function sizeOf(key: string, record: CacheRecord): number {
  // Texts may need two bytes per character.
  const fixed = OVERHEAD + 2 * key.length
  if ('names' in record) return fixed + 2 * record.names.join('').length
  const fields = Object.entries(record.headers)
  const characters = fields.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  return fixed + 2 * characters + record.body.byteLength
}
