import type { Cookies } from '@tsgi/cookies'
import type { Environ } from '@tsgi/core'
import type { Changes } from './changes.ts'
import type { Content } from './content.ts'
import type { Awaitable } from './store.ts'

/** The environ that sessions need. */
export type SessionEnviron = Environ & { readonly cookies: Cookies }

/** Where sessions are kept, and how a request is known to have one. */
export interface Keeper {
  open(environ: SessionEnviron): Awaitable<Hold>
}

/** One request's hold on its session. */
export interface Hold {
  /** What the session held when the request first looked; `undefined` where the visitor has none. */
  read(): Content | undefined
  /** Keeps what the request did, and says whether it set or deleted the cookie. */
  commit(intent: Intent): Awaitable<boolean>
}

/** What a request did to its session. */
export interface Intent {
  readonly changes: Changes
  /** Whether the session is to have a new id. */
  readonly renewed: boolean
  /** Whether the session was ended; the changes then are the beginning of another. */
  readonly ended: boolean
}
