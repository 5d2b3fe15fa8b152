import { type Awaitable, chain } from '@tsgi/core'
import {
  decode,
  emptyContent,
  encode,
  isEmpty,
  type MovedSession,
  type SessionContent,
  type SessionIdentity,
} from '../content/content.ts'
import { createEntries } from '../content/entry.ts'
import type { SessionLifetime } from '../content/lifetime.ts'
import type { KeyHasher } from '../id/key-hasher.ts'
import { newId } from '../id/session-id.ts'
import { Mutex } from '../stores/mutex.ts'
import type { SessionCommit, SessionStore, StoredSession } from '../stores/store.ts'
import type { Changes } from './changes.ts'
import { destroySession } from './destroy-session.ts'
import { type FoundSession, follow } from './found-session.ts'
import { latest } from './latest.ts'

/** How long requests with a replaced id can still find the session, in milliseconds. */
const MOVED_FOR = 60_000

/**
 * Writes the changes of a request with optimistic locking: commits against the version that it has read and, if another
 * request was faster, repeats the changes on top of the new version.
 */
export interface OptimisticWriter {
  /** Stores a new session with the changes and returns its id, or `undefined` if there is nothing to store. */
  create(changes: Changes, identity: SessionIdentity): Awaitable<string | undefined>
  /**
   * Applies the changes to the current session. Does nothing if it has been destroyed. Returns whether the session still
   * has its id.
   */
  write(found: FoundSession, changes: Changes): Awaitable<boolean>
  /** Applies the changes and moves the session to a new id, which it returns. */
  regenerateId(
    found: FoundSession,
    changes: Changes,
    identity: SessionIdentity,
  ): Awaitable<string | undefined>
  /** Destroys the session, even if its id has been replaced. */
  destroy(found: FoundSession<SessionContent | MovedSession>): Awaitable<void>
}

/** @param maxSize The maximum size of a session in characters of JSON. */
export function createOptimisticWriter(
  store: SessionStore,
  hasher: KeyHasher,
  lifetime: SessionLifetime,
  maxSize: number,
): OptimisticWriter {
  const mutex = new Mutex()
  const { entryOf, renewedEntry } = createEntries(lifetime, maxSize)

  function create(changes: Changes, identity: SessionIdentity): Awaitable<string | undefined> {
    const content = changes.applyTo(emptyContent(identity))
    if (isEmpty(content)) return undefined
    const entry = entryOf(content)
    const id = newId()
    return chain(hasher.keyOf(id), (key) =>
      chain(store.commit(key, entry, 0), (commit) => {
        expectOk(commit)
        return id
      }),
    )
  }

  function write(found: FoundSession, changes: Changes, attempt = 0): Awaitable<boolean> {
    return chain(tryToWrite(found, changes), (commit) =>
      commit.ok ? true : writeAgain(found.key, commit.current, changes, attempt),
    )
  }

  function tryToWrite({ key, stored, content }: FoundSession, changes: Changes): Awaitable<SessionCommit> {
    const next = changes.isEmpty ? content : changes.applyTo(content)
    const entry = changes.isEmpty
      ? renewedEntry(content, stored.data, stored.expires)
      : entryOf(next, stored.expires)
    if (entry.data !== stored.data || lifetime.isWorthStoring(content, stored.expires)) {
      return store.commit(key, entry, stored.version)
    }
    if (changes.isEmpty) return { ok: true }
    // Setting a key to its old value is a change, because another request may have set another value in the meantime.
    return chain(store.load(key), (current) =>
      current?.version === stored.version ? { ok: true } : { ok: false, current },
    )
  }

  async function writeAgain(
    key: string,
    current: StoredSession | undefined,
    changes: Changes,
    attempt: number,
  ): Promise<boolean> {
    const found = await follow(store, key, await latest(store, key, current, attempt))
    if (found === undefined) return false
    return (await write(found, changes, attempt + 1)) && found.key === key
  }

  async function regenerateId(
    found: FoundSession,
    changes: Changes,
    identity: SessionIdentity,
  ): Promise<string | undefined> {
    const created = Date.now()
    const id = newId()
    const key = await hasher.keyOf(id)
    const moved = { data: encode({ moved: key }), expires: created + MOVED_FOR }
    let { content, stored } = found
    // First the new id, then the old one: for a moment both exist, but there is always at least one.
    for (let version = 0; ; version++) {
      const entry = entryOf({ ...changes.applyTo(content), ...identity, created })
      const copied = await store.commit(key, entry, version)
      if (version === 0) expectOk(copied)
      if (!copied.ok) return create(changes, identity)
      const commit = await store.commit(found.key, moved, stored.version)
      if (commit.ok) return id
      const now = await latest(store, found.key, commit.current, version)
      if (now === undefined) return startOver(key, version + 1, changes, identity)
      const current = decode(now.data)
      // Another request replaced the id first. One of the two might be the visitor signing in and the other a thief, so their
      // sessions are separated: neither sees the changes of the other.
      if ('moved' in current) return id
      content = current
      stored = now
    }
  }

  /** The session was destroyed while its id was being replaced: only the changes of this request remain. */
  async function startOver(
    key: string,
    version: number,
    changes: Changes,
    identity: SessionIdentity,
  ): Promise<string | undefined> {
    // If all sessions of the user are being ended, it may not exist any more.
    await store.destroy(key, version)
    return create(changes, identity)
  }

  return {
    create,
    write: (found, changes) => mutex.run(found.key, () => write(found, changes)),
    regenerateId: (found, changes, identity) =>
      mutex.run(found.key, () => regenerateId(found, changes, identity)),
    destroy: (found) => mutex.run(found.key, () => destroySession(store, found)),
  }
}

/** Nobody else knows a new key, so nobody else can have stored a session under it. */
function expectOk(commit: SessionCommit): void {
  if (!commit.ok) throw new Error('session: the store rejected a commit to a new key')
}
