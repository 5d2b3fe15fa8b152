import type { Cookies } from '@tsgi/cookies'
import type { Awaitable, Environ } from '@tsgi/core'
import type { SessionContent, SessionIdentity } from '../content/content.ts'
import type { Changes } from '../merge/changes.ts'

/** The environ that sessions need. */
export type SessionEnviron = Environ & { readonly cookies: Cookies }

/** Finds and stores the sessions of visitors, in a shared store or in their cookies. */
export interface SessionBackend {
  open(environ: SessionEnviron): Awaitable<SessionHandle>
}

/** One request's access to its session. */
export interface SessionHandle {
  /** Returns the content as it was when the request first used it, or `undefined` if the visitor has no session. */
  read(): SessionContent | undefined
  /** Stores the changes of the request. Returns whether the cookie was set or deleted. */
  commit(work: SessionWork): Awaitable<boolean>
}

/** The changes of a request to its session. */
export interface SessionWork {
  readonly changes: Changes
  /** Returns the identity of the session if this request starts it or gives it a new id. Missing members stay the same. */
  readonly identity: () => SessionIdentity
  readonly regeneratesId: boolean
  /** Whether the session was destroyed. The changes then belong to a new session. */
  readonly destroys: boolean
}
