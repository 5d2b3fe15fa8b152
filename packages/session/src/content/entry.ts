import type { SessionEntry } from '../stores/store.ts'
import { encode, type SessionContent } from './content.ts'
import type { SessionLifetime } from './lifetime.ts'

/** Creates what is stored for a session. */
export interface SessionEntries {
  /**
   * Returns the entry of new or changed content.
   *
   * @param previous The current expiry.
   * @throws RangeError if the content is too large.
   */
  entryOf(content: SessionContent, previous?: number): SessionEntry
  /** Returns the entry of content that was not changed, only used. */
  renewedEntry(content: SessionContent, data: string, previous?: number): SessionEntry
}

/** @param maxSize The maximum size of a session in characters of JSON. */
export function createEntries(lifetime: SessionLifetime, maxSize: number): SessionEntries {
  const renewedEntry: SessionEntries['renewedEntry'] = (content, data, previous) => ({
    data,
    expires: lifetime.expiry(content, previous),
    user: content.user,
  })
  return {
    renewedEntry,
    entryOf(content, previous) {
      const data = encode(content)
      if (data.length > maxSize) {
        throw new RangeError(
          `session: a session of ${data.length} characters of JSON is over maxSize, ${maxSize}: store large values in a database and their keys in the session`,
        )
      }
      return renewedEntry(content, data, previous)
    },
  }
}
