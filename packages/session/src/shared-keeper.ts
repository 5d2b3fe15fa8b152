import { createCommitter, type Found } from './committer.ts'
import { type Content, decode, type Moved } from './content.ts'
import { type Identity, isId } from './identity.ts'
import type { Hold, Intent, Keeper, SessionEnviron } from './keeper.ts'
import type { Settings } from './settings.ts'
import type { Store, Stored } from './store.ts'

/** Keeps sessions in a store that all requests share; the cookie holds the id. */
export function sharedKeeper(store: Store, identity: Identity, settings: Settings): Keeper {
  const committer = createCommitter(store, identity, settings)

  function found(key: string, stored: Stored): Found<Content | Moved> | undefined {
    const content = decode(stored.data)
    return 'moved' in content || !settings.isOver(content) ? { key, stored, content } : undefined
  }

  function findNow(keys: readonly string[]): Found<Content | Moved> | undefined {
    for (const key of keys) {
      const stored = store.load(key)
      if (stored instanceof Promise) {
        stored.catch(() => {})
        throw new TypeError('session: the store says it is synchronous, but load returned a promise')
      }
      if (stored !== undefined) return found(key, stored)
    }
    return undefined
  }

  async function find(keys: readonly string[]): Promise<Found<Content | Moved> | undefined> {
    for (const key of keys) {
      const stored = await store.load(key)
      if (stored !== undefined) return found(key, stored)
    }
    return undefined
  }

  function hold(environ: SessionEnviron, look: () => Found<Content | Moved> | undefined): Hold {
    const { cookies } = environ
    let looked: { readonly found: Found<Content | Moved> | undefined } | undefined
    const lookOnce = () => {
      looked ??= { found: look() }
      return looked.found
    }

    async function keep(intent: Intent): Promise<string | undefined> {
      const found = lookOnce()
      if (found === undefined || intent.ended) return committer.create(intent.changes)
      if (isLive(found)) {
        return intent.renewed
          ? committer.renew(found, intent.changes)
          : committer.write(found, intent.changes)
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

    return {
      read() {
        const found = lookOnce()
        return found !== undefined && isLive(found) ? found.content : undefined
      },
      async commit(intent) {
        if (intent.ended) await committer.end(lookOnce())
        const id = await keep(intent)
        if (id !== undefined) {
          cookies.set(settings.cookieName, id, settings.cookieOptions)
        } else if (intent.ended && cookies.has(settings.cookieName)) {
          cookies.delete(settings.cookieName, settings.cookieScope)
        } else {
          return false
        }
        return true
      },
    }
  }

  return {
    open(environ) {
      const id = environ.cookies.get(settings.cookieName)
      if (id === undefined || !isId(id)) return hold(environ, () => undefined)
      return identity.keysOf(id).then(async (keys) => {
        if (store.synchronous) return hold(environ, () => findNow(keys))
        const found = await find(keys)
        return hold(environ, () => found)
      })
    },
  }
}

function isLive(found: Found<Content | Moved>): found is Found {
  return !('moved' in found.content)
}
