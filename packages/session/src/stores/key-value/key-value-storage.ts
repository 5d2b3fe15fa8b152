import { describe } from '@tsgi/core/options'

/** The methods that `keyValueStore` needs from `keyv`. */
export interface KeyvStorage {
  get(key: string): Promise<unknown>
  set(key: string, value: object, ttl: number): Promise<boolean>
  delete(key: string): Promise<boolean>
  on(event: 'error', listener: (error: unknown) => void): unknown
}

/** The methods that `keyValueStore` needs from `unstorage`. */
export interface Unstorage {
  getItem(key: string): Promise<unknown>
  setItem(key: string, value: object, options: { readonly ttl: number }): Promise<void>
  removeItem(key: string): Promise<void>
}

/**
 * An instance of `Keyv`, or a storage of `unstorage`, recognized by its methods.
 *
 * @example
 * ```ts
 * import { type KeyValueStorage, keyValueStore } from '@tsgi/session/key-value'
 * import { createStorage } from 'unstorage'
 *
 * const storage: KeyValueStorage = createStorage()
 * await keyValueStore({ storage }).load('k') // => undefined
 * ```
 */
export type KeyValueStorage = KeyvStorage | Unstorage

/** The operations that the store uses, the same for every storage. They reject if they fail. */
export interface StorageOperations {
  get(key: string): Promise<unknown>
  /** @param timeToLive Milliseconds. */
  set(key: string, value: object, timeToLive: number): Promise<void>
  delete(key: string): Promise<void>
}

/** @throws TypeError if the storage lacks a method. */
export function storageOf(storage: KeyValueStorage): StorageOperations {
  if (has(storage, 'get', 'set', 'delete', 'on')) return keyvOperations(storage as KeyvStorage)
  if (has(storage, 'getItem', 'setItem', 'removeItem')) {
    const { getItem, setItem, removeItem } = storage as Unstorage
    return {
      get: (key) => getItem.call(storage, key),
      set: (key, value, timeToLive) =>
        setItem.call(storage, key, value, { ttl: Math.ceil(timeToLive / 1000) }),
      delete: (key) => removeItem.call(storage, key),
    }
  }
  throw new TypeError(
    `keyValueStore: storage must be an instance of Keyv or a storage of unstorage, got ${describe(storage)}`,
  )
}

/** Keyv does not reject if its database fails: it emits `error`, and returns the same as if there were no value. */
function keyvOperations(keyv: KeyvStorage): StorageOperations {
  let failures = 0
  let lastFailure: unknown
  keyv.on('error', (error) => {
    failures++
    lastFailure = error
  })
  async function call<T>(work: () => Promise<T>): Promise<T> {
    const before = failures
    const result = await work()
    if (failures !== before) throw lastFailure
    return result
  }
  return {
    get: (key) => call(() => keyv.get(key)),
    async set(key, value, timeToLive) {
      if (!(await call(() => keyv.set(key, value, timeToLive))))
        throw new Error('keyv has not stored the value')
    },
    async delete(key) {
      await call(() => keyv.delete(key))
    },
  }
}

function has(storage: unknown, ...methods: readonly string[]): boolean {
  return methods.every((method) => typeof Object(storage)[method] === 'function')
}
