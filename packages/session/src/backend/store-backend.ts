import { type Awaitable, chain } from '@tsgi/core'
import { decode, type MovedSession, type SessionContent } from '../content/content.ts'
import type { SessionLifetime } from '../content/lifetime.ts'
import type { KeyHasher } from '../id/key-hasher.ts'
import { isId } from '../id/session-id.ts'
import type { Changes } from '../merge/changes.ts'
import type { FoundSession } from '../merge/found-session.ts'
import type { OptimisticWriter } from '../merge/optimistic-writer.ts'
import { SessionFormatError, type SessionStore, type StoredSession } from '../stores/store.ts'
import type { SessionBackend, SessionEnviron, SessionHandle, SessionWork } from './backend.ts'
import type { SessionCookie } from './session-cookie.ts'
import { UnreadableSessions } from './unreadable-sessions.ts'

/** A session, or the place it was moved to. */
type Found = FoundSession<SessionContent | MovedSession> | undefined

/** Keeps sessions in a store. The cookie contains the session's id. */
export function storeBackend(
  store: SessionStore,
  hasher: KeyHasher,
  writer: OptimisticWriter,
  cookie: SessionCookie,
  lifetime: SessionLifetime,
): SessionBackend {
  const unreadable = new UnreadableSessions()

  /** Returns the keys that the visitor's session can be stored under. */
  function keysOf({ cookies }: SessionEnviron): Awaitable<readonly string[]> {
    const ids = cookie.values(cookies).filter(isId)
    const [first, ...others] = ids.map((id) => hasher.keysOf(id))
    if (first === undefined) return []
    return others.length === 0 ? first : concat([first, ...others])
  }

  /** Returns the first session under one of the keys. A session that was moved only counts if there is no other. */
  function find(
    environ: SessionEnviron,
    keys: readonly string[],
    index: number = 0,
    moved: Found = undefined,
  ): Awaitable<Found> {
    const key = keys[index]
    if (key === undefined) return moved
    return chain(load(environ, key), (found) =>
      found !== undefined && isLive(found) ? found : find(environ, keys, index + 1, moved ?? found),
    )
  }

  function load(environ: SessionEnviron, key: string): Awaitable<Found> {
    const ignore = (error: unknown): undefined => {
      if (!(error instanceof SessionFormatError)) throw error
      unreadable.report(environ.errors, key, error)
    }
    const read = (stored: StoredSession | undefined): Found => {
      const content = stored && decode(stored.data)
      if (content === undefined) return undefined
      return 'moved' in content || !lifetime.isOver(content) ? { key, stored: stored!, content } : undefined
    }
    try {
      const found = chain(store.load(key), read)
      return found instanceof Promise ? found.catch(ignore) : found
    } catch (error) {
      return ignore(error)
    }
  }

  /** Returns the id that must be sent to the visitor. */
  function write(environ: SessionEnviron, found: Found, work: SessionWork): Awaitable<string | undefined> {
    const { changes, identity, regeneratesId, destroys } = work
    if (found === undefined || destroys) return writer.create(changes, identity())
    if (isLive(found)) {
      return regeneratesId ? writer.regenerateId(found, changes, identity()) : renew(environ, found, changes)
    }
    // The id was replaced before this request used the session. If the request asks for a new session, it gets one. If not,
    // a new cookie would overwrite the one with the new id and sign the visitor out.
    if (regeneratesId) return writer.create(changes, identity())
    if (!changes.isEmpty) {
      environ.errors.write(
        'session: dropped the changes of a request whose session id had just been replaced',
      )
    }
    return undefined
  }

  /** Writes the changes. Returns the id if the cookie has to be set again, because it would expire before the session. */
  function renew(
    environ: SessionEnviron,
    found: FoundSession,
    changes: Changes,
  ): Awaitable<string | undefined> {
    const { content, stored, key } = found
    const renews = lifetime.renewsCookie(content) && lifetime.isWorthStoring(content, stored.expires)
    return chain(writer.write(found, changes), (isCurrent) =>
      renews && isCurrent ? idOf(environ, key) : undefined,
    )
  }

  /** Returns the id that belongs to a key. */
  async function idOf({ cookies }: SessionEnviron, key: string): Promise<string | undefined> {
    for (const id of cookie.values(cookies).filter(isId)) {
      if ((await hasher.keysOf(id)).includes(key)) return id
    }
    return undefined
  }

  function handle(environ: SessionEnviron, look: () => Found): SessionHandle {
    let looked: { readonly found: Found } | undefined
    const find = () => {
      looked ??= { found: look() }
      return looked.found
    }
    return {
      read() {
        const found = find()
        return found !== undefined && isLive(found) ? found.content : undefined
      },
      commit(work) {
        const found = find()
        const destroyed = work.destroys && found !== undefined ? writer.destroy(found) : undefined
        return chain(destroyed, () =>
          chain(write(environ, found, work), (id) => {
            if (id === undefined) return work.destroys && cookie.delete(environ.cookies)
            const maxAge = lifetime.cookieMaxAge({ created: Date.now(), remember: rememberOf(found, work) })
            cookie.set(environ.cookies, id, maxAge)
            return true
          }),
        )
      },
    }
  }

  return {
    open(environ) {
      // A synchronous store is not called before the session is used: `find` returns no promise then.
      if (store.synchronous && hasher.synchronous) {
        return handle(environ, () => find(environ, keysOf(environ) as readonly string[]) as Found)
      }
      return chain(keysOf(environ), (keys) =>
        store.synchronous
          ? handle(environ, () => find(environ, keys) as Found)
          : chain(find(environ, keys), (found) => handle(environ, () => found)),
      )
    },
  }
}

/** Returns how long the session is remembered after this request. */
function rememberOf(found: Found, { identity, destroys }: SessionWork): number | undefined {
  const kept = found !== undefined && !destroys && isLive(found) ? found.content : undefined
  return { ...kept, ...identity() }.remember
}

/** Concatenates lists, or promises of lists. */
function concat(lists: readonly Awaitable<readonly string[]>[]): Awaitable<readonly string[]> {
  return lists.some((list) => list instanceof Promise)
    ? Promise.all(lists).then((lists) => lists.flat())
    : (lists as readonly (readonly string[])[]).flat()
}

function isLive(found: FoundSession<SessionContent | MovedSession>): found is FoundSession {
  return !('moved' in found.content)
}
