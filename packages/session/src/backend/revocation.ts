import type { Awaitable } from '@tsgi/core'
import { messageOf } from '@tsgi/core/options'
import type { SessionContent } from '../content/content.ts'
import type { CookieSession } from '../stores/cookie.ts'
import { StoreError } from '../stores/guard-store.ts'
import { TimeLimit } from '../stores/time-limit.ts'

/** Returns a function that reports whether a session was revoked. It throws a {@link StoreError} if it cannot tell. */
export function createRevocationCheck(
  revoked: ((session: CookieSession) => Awaitable<unknown>) | undefined,
  timeout: number,
): (content: SessionContent) => Promise<boolean> {
  if (revoked === undefined) return async () => false
  const limit = new TimeLimit(timeout)
  return async ({ id, user, created }) => {
    try {
      return Boolean(await limit.run(() => revoked({ id, user, issuedAt: created })))
    } catch (cause) {
      throw new StoreError(`session: revoked failed: ${messageOf(cause)}`, { cause })
    }
  }
}
