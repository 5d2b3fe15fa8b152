import { decode, type MovedSession, type SessionContent } from '../content/content.ts'
import { SessionFormatError, type SessionStore, type StoredSession } from '../stores/store.ts'

/** A session that was found in the store. */
export interface FoundSession<Content extends SessionContent | MovedSession = SessionContent> {
  readonly key: string
  readonly stored: StoredSession
  readonly content: Content
}

/** How often a session can get a new id while a request still has an old one. More would be a cycle. */
const MAX_MOVES = 100

/** Returns the session under the key, or under the key that it was moved to. */
export async function follow(
  store: SessionStore,
  key: string,
  stored: StoredSession | undefined,
): Promise<FoundSession | undefined> {
  let at = { key, stored }
  for (let moves = 0; at.stored !== undefined; moves++) {
    if (moves > MAX_MOVES) throw new SessionFormatError('it was moved in a circle')
    const content = decode(at.stored.data)
    if (!('moved' in content)) return { key: at.key, stored: at.stored, content }
    at = { key: content.moved, stored: await store.load(content.moved) }
  }
  return undefined
}
