import { decode, type MovedSession, type SessionContent } from '../content/content.ts'
import type { SessionStore, StoredSession } from '../stores/store.ts'

/** A session that was found in the store. */
export interface FoundSession<Content extends SessionContent | MovedSession = SessionContent> {
  readonly key: string
  readonly stored: StoredSession
  readonly content: Content
}

/** Returns the session under the key, or under the key that it was moved to. */
export async function follow(
  store: SessionStore,
  key: string,
  stored: StoredSession | undefined,
): Promise<FoundSession | undefined> {
  for (let at = { key, stored }; at.stored !== undefined; ) {
    const content = decode(at.stored.data)
    if (!('moved' in content)) return { key: at.key, stored: at.stored, content }
    at = { key: content.moved, stored: await store.load(content.moved) }
  }
  return undefined
}
