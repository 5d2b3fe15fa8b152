import type { Awaitable } from '@tsgi/core'
import { messageOf } from '@tsgi/core/options'
import { hasUserIndex, SessionFormatError, type SessionStore } from './store.ts'
import { isThenable, TimeLimit } from './time-limit.ts'

/** Thrown instead of the store's own error, so that it cannot be mistaken for another error. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/**
 * Wraps a store so that its methods throw a {@link StoreError} or a {@link SessionFormatError}, and return native promises
 * or none, within a time.
 *
 * @param timeout Milliseconds; 0 for no limit.
 */
export function guardStore(store: SessionStore, timeout: number): SessionStore {
  const limit = new TimeLimit(timeout)

  function call<T>(method: string, work: () => Awaitable<T>): Awaitable<T> {
    const fail = (cause: unknown): never => {
      if (cause instanceof SessionFormatError) throw cause
      throw new StoreError(`session: the store failed to ${method}: ${messageOf(cause)}`, { cause })
    }
    let result: Awaitable<T>
    try {
      result = limit.run(work)
    } catch (error) {
      return fail(error)
    }
    return isThenable(result) ? Promise.resolve(result).catch(fail) : result
  }

  return {
    synchronous: store.synchronous === true,
    processLocal: store.processLocal === true,
    load(key) {
      const stored = call('load', () => store.load(key))
      if (store.synchronous && stored instanceof Promise) {
        stored.catch(() => {})
        throw new TypeError('session: the store claims to be synchronous, but load returned a promise')
      }
      return stored
    },
    commit: (key, entry, version) => call('commit', () => store.commit(key, entry, version)),
    destroy: (key, version) => call('destroy', () => store.destroy(key, version)),
    ...(hasUserIndex(store) && {
      listByUser: (user) => call('list the sessions of a user', () => store.listByUser(user)),
      destroyByUser: (user, exceptKey) =>
        call('destroy the sessions of a user', () => store.destroyByUser(user, exceptKey)),
    }),
  }
}
