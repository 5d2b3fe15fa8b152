import { after, isPromise } from './after.ts'
import { createCommitter, type Found } from './committer.ts'
import { type Content, decode, type Moved } from './content.ts'
import { type Identity, isId } from './identity.ts'
import type { Hold, Intent, Keeper, SessionEnviron } from './keeper.ts'
import type { Settings } from './settings.ts'
import type { Awaitable, Store, Stored } from './store.ts'

/** What a request finds under its visitor's id. */
type Finding = Found<Content | Moved> | undefined

/** Keeps sessions in a store that all requests share; the cookie holds the id. */
export function sharedKeeper(store: Store, identity: Identity, settings: Settings): Keeper {
  const committer = createCommitter(store, identity, settings)

  /** The keys that the visitor's session may stand under; none where the visitor has no cookie. */
  function keysOf({ cookies }: SessionEnviron): Awaitable<readonly string[]> {
    const id = cookies.get(settings.cookieName)
    return id === undefined || !isId(id) ? [] : identity.keysOf(id)
  }

  /** What stands under the first of the keys that has something, from a place in the list on. */
  function find(keys: readonly string[], from = 0): Awaitable<Finding> {
    const key = keys[from]
    if (key === undefined) return undefined
    return after(load(key), (stored) => (stored === undefined ? find(keys, from + 1) : opened(key, stored)))
  }

  function load(key: string): Awaitable<Stored | undefined> {
    const stored = store.load(key)
    if (store.synchronous && isPromise(stored)) {
      stored.catch(() => {})
      throw new TypeError('session: the store says it is synchronous, but load returned a promise')
    }
    return stored
  }

  function opened(key: string, stored: Stored): Finding {
    const content = decode(stored.data)
    return 'moved' in content || !settings.isOver(content) ? { key, stored, content } : undefined
  }

  function keep(environ: SessionEnviron, found: Finding, intent: Intent): Awaitable<string | undefined> {
    if (found === undefined || intent.ended) return committer.create(intent.changes)
    if (isLive(found)) {
      return intent.renewed ? committer.renew(found, intent.changes) : committer.write(found, intent.changes)
    }
    // The id was changed before this request looked. It may begin a session of its own where it says so; but a
    // cookie set unasked would take the place of the one with the new id, and with it the visitor's session.
    if (intent.renewed) return committer.create(intent.changes)
    if (!intent.changes.empty) {
      environ.errors.write(
        'session: what a request wrote under an id that had just been changed by regenerate() was dropped',
      )
    }
    return undefined
  }

  /** Has the visitor know the id of a new session, or forget that of an ended one; says whether there was need. */
  function tell({ cookies }: SessionEnviron, id: string | undefined, { ended }: Intent): boolean {
    if (id !== undefined) cookies.set(settings.cookieName, id, settings.cookieOptions)
    else if (ended && cookies.has(settings.cookieName))
      cookies.delete(settings.cookieName, settings.cookieScope)
    else return false
    return true
  }

  function hold(environ: SessionEnviron, look: () => Finding): Hold {
    let looked: { readonly found: Finding } | undefined
    const lookOnce = () => {
      looked ??= { found: look() }
      return looked.found
    }
    return {
      read() {
        const found = lookOnce()
        return found !== undefined && isLive(found) ? found.content : undefined
      },
      commit(intent) {
        const found = lookOnce()
        const ended = intent.ended && found !== undefined ? committer.end(found) : undefined
        return after(ended, () => after(keep(environ, found, intent), (id) => tell(environ, id, intent)))
      },
    }
  }

  return {
    open(environ) {
      // What is had at once is not asked for before the session is used: `find` gives no promise then.
      const synchronous = store.synchronous && identity.synchronous
      if (synchronous) return hold(environ, () => find(keysOf(environ) as readonly string[]) as Finding)
      return after(keysOf(environ), (keys) =>
        store.synchronous
          ? hold(environ, () => find(keys) as Finding)
          : after(find(keys), (found) => hold(environ, () => found)),
      )
    },
  }
}

function isLive(found: Found<Content | Moved>): found is Found {
  return !('moved' in found.content)
}
