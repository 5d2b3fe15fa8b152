/**
 * The middleware around every page.
 */
import { cookies } from '@tsgi/cookies'
import { type Environ, extend, HttpError, type Middleware, redirect, stack } from '@tsgi/core'
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

/** Rejects forms that were sent from another site (Fetch Metadata). */
const sameOrigin: Middleware = (app) =>
  function sameOrigin(environ) {
    const site = environ.headers.get('sec-fetch-site')
    if (environ.method === 'POST' && site !== null && site !== 'same-origin' && site !== 'none') {
      throw new HttpError(403, 'This form was sent from another site.')
    }
    return app(environ)
  }

export const web = stack(
  sameOrigin,
  cookies(),
  session({
    secrets: secret,
    schema: visitor,
    store: sqliteStore({ path: sessionsPath }),
    cookie: { persistent: true },
  }),
  templates<Views>({ root: new URL('./views/', import.meta.url) }),
  locals(({ session }: Environ & Visitor) => ({ user: session.get('user'), flashes: session.takeFlashes() })),
)

/** Lets only signed-in visitors through and adds their name as `user`. */
export const signedIn: Middleware<{ user: string }, Visitor> = (app) =>
  function signedIn(environ) {
    const user = environ.session.get('user')
    if (user !== undefined) return app(extend(environ, { user }))
    environ.session.flash('info', 'Sign in first.')
    return redirect('/sign-in', 303)
  }
