/**
 * The middleware around the pages.
 */

import { signedIn } from '@tsgi/auth/session'
import { compress } from '@tsgi/compress'
import { conditional } from '@tsgi/conditional'
import { cookies } from '@tsgi/cookies'
import { type Environ, mount, stack } from '@tsgi/core'
import { csrf } from '@tsgi/csrf'
import { log } from '@tsgi/log'
import { secureHeaders } from '@tsgi/secure-headers'
import { type Session, session } from '@tsgi/session'
import { sqliteStore } from '@tsgi/session/sqlite'
import { staticFiles } from '@tsgi/static'
import { locals, templates } from '@tsgi/templates'
import { pino } from 'pino'
import { z } from 'zod'
import { findAccount } from './accounts.ts'
import { api } from './api.ts'
import { secret, sessionsPath } from './data.ts'
import { live, type Postcard } from './postcards.ts'

/** The data of each template. */
export interface Views {
  home: { postcards: readonly Postcard[]; caption?: unknown; problem?: string | undefined }
  account: { action: '/sign-in' | '/sign-up'; name?: unknown; problem?: string | undefined }
  'not-found': { path: string }
}

export const web = stack(
  log(pino({ level: process.env.LOG_LEVEL ?? 'info' })),
  secureHeaders({
    contentSecurityPolicy: {
      'default-src': "'self'",
      'object-src': [],
      'base-uri': "'none'",
      'form-action': "'self'",
      'frame-ancestors': "'none'",
    },
    permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
  }),
  compress(),
  mount('/api', api),
  conditional(),
  csrf(),
  staticFiles(new URL('./public', import.meta.url), { cacheControl: 'public, max-age=60' }),
  cookies(),
  session({
    secrets: secret,
    schema: { user: z.string() },
    store: sqliteStore({ path: sessionsPath }),
    cookie: { persistent: true },
  }),
  live,
  templates<Views>({ root: new URL('./views/', import.meta.url) }),
  locals(({ session }: Environ & { session: Session<{ user: string }> }) => ({
    user: session.get('user'),
    flashes: session.takeFlashes(),
  })),
)

/** Lets only visitors through who are signed in, and adds their account as `user`. */
export const members = signedIn({ load: findAccount, signInPath: '/sign-in' })
