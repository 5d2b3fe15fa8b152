import type { MovedSession, SessionContent } from '../content/content.ts'
import type { SessionStore } from '../stores/store.ts'
import { type FoundSession, follow } from './found-session.ts'
import { latest } from './latest.ts'

/** Destroys a session, even if its id has been replaced. */
export async function destroySession(
  store: SessionStore,
  found: FoundSession<SessionContent | MovedSession>,
): Promise<void> {
  let at = await follow(store, found.key, found.stored)
  for (let attempt = 0; at !== undefined; attempt++) {
    const { key, stored }: FoundSession = at
    const commit = await store.destroy(key, stored.version)
    if (commit.ok) return
    at = await follow(store, key, await latest(store, key, commit.current, attempt))
  }
}
