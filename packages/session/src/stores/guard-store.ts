import type { Awaitable } from '@tsgi/core'
import { describe, messageOf } from '@tsgi/core/options'
import {
  hasUserIndex,
  type SessionCommit,
  SessionFormatError,
  type SessionStore,
  type StoredSession,
  type UserSession,
} from './store.ts'
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

  function call<T>(method: string, work: () => Awaitable<T>, check: (result: T) => T): Awaitable<T> {
    const fail = (cause: unknown): never => {
      if (cause instanceof SessionFormatError) throw cause
      throw new StoreError(`session: the store failed to ${method}: ${messageOf(cause)}`, { cause })
    }
    try {
      const result = limit.run(work)
      return isThenable(result) ? Promise.resolve(result).then(check).catch(fail) : check(result)
    } catch (error) {
      return fail(error)
    }
  }

  return {
    synchronous: store.synchronous === true,
    processLocal: store.processLocal === true,
    load(key) {
      const stored = call('load', () => store.load(key), checkStored)
      if (store.synchronous && stored instanceof Promise) {
        stored.catch(() => {})
        throw new TypeError('session: the store claims to be synchronous, but load returned a promise')
      }
      return stored
    },
    commit: (key, entry, version) => call('commit', () => store.commit(key, entry, version), checkCommit),
    destroy: (key, version) => call('destroy', () => store.destroy(key, version), checkCommit),
    ...(hasUserIndex(store) && {
      listByUser: (user) => call('list the sessions of a user', () => store.listByUser(user), checkList),
      destroyByUser: (user, exceptKey) =>
        call('destroy the sessions of a user', () => store.destroyByUser(user, exceptKey), checkCount),
    }),
  }
}

/** Many databases return `null` if there is nothing under a key. */
function checkStored(stored: StoredSession | null | undefined): StoredSession | undefined {
  if (stored === undefined || stored === null) return undefined
  return typeof stored === 'object' ? stored : unexpected(stored, 'a session or undefined')
}

function checkCommit(commit: SessionCommit): SessionCommit {
  if (typeof Object(commit).ok !== 'boolean') unexpected(commit, '{ ok: true } or { ok: false, current }')
  return commit.ok ? commit : { ok: false, current: checkStored(commit.current) }
}

function checkList(sessions: readonly UserSession[]): readonly UserSession[] {
  return Array.isArray(sessions) ? sessions : unexpected(sessions, 'a list of sessions')
}

function checkCount(count: number): number {
  return Number.isInteger(count) && count >= 0 ? count : unexpected(count, 'the number of sessions')
}

function unexpected(result: unknown, expected: string): never {
  throw new TypeError(`it returned ${describe(result)}, expected ${expected}`)
}
