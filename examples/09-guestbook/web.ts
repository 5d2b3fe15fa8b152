/**
 * The middleware around every page.
 */
import { cookies } from '@tsgi/cookies'
import { type Environ, extend, type Middleware, redirect, stack } from '@tsgi/core'
import { csrf } from '@tsgi/csrf'
import { secureHeaders } from '@tsgi/secure-headers'
import { type Session, session } from '@tsgi/session'
import { sqliteStore } from '@tsgi/session/sqlite'
import { locals, templates } from '@tsgi/templates'
import { z } from 'zod'
import { secret, sessionsPath } from './data.ts'
import type { Entry } from './entries.ts'

const visitor = { user: z.string(), visits: z.number() }
type Visitor = { session: Session<{ user: string; visits: number }> }

/** The data of each template. */
interface Views {
  home: { entries: readonly Entry[]; visits: number; typed?: unknown; problem?: string | undefined }
  'sign-in': { name?: unknown; problems?: Readonly<Record<string, string>> }
  'not-found': { path: string }
}

export const web = stack(
  secureHeaders(),
  csrf(),
  cookies(),
  session({
    secrets: secret,
    schema: visitor,
    store: sqliteStore({ path: sessionsPath }),
    cookie: { persistent: true },
  }),
  templates<Views>({ root: new URL('./views/', import.meta.url) }),
  locals(({ session, nonce }: Environ & Visitor & { nonce: string }) => ({
    user: session.get('user'),
    flashes: session.takeFlashes(),
    nonce,
  })),
)

/** Lets only signed-in visitors through and adds their name as `user`. */
export const signedIn: Middleware<{ user: string }, Visitor> = (app) =>
  function signedIn(environ) {
    const user = environ.session.get('user')
    if (user !== undefined) return app(extend(environ, { user }))
    environ.session.flash('info', 'Sign in first.')
    return redirect('/sign-in', 303)
  }
