/** The middleware around every page. */
import { compress } from '@tsgi/compress'
import { cookies } from '@tsgi/cookies'
import { stack } from '@tsgi/core'
import { csrf } from '@tsgi/csrf'
import { log } from '@tsgi/log'
import { secureHeaders } from '@tsgi/secure-headers'
import { session } from '@tsgi/session'
import { cookieStore } from '@tsgi/session/cookie'
import { staticFiles } from '@tsgi/static'
import { templates } from '@tsgi/templates'

import { pino } from 'pino'
import type { Entry } from './entries.ts'

/** The data of each template in views/. */
interface Views {
  home: object
  guestbook: {
    entries: readonly Entry[]
    typed: { name?: unknown; message?: unknown }
    notice?: string | undefined
  }
  'not-found': { path: string }
}

const { NODE_ENV, SESSION_SECRET } = process.env
if (NODE_ENV === 'production' && SESSION_SECRET === undefined) {
  throw new Error('SESSION_SECRET is not set. Generate one with: openssl rand -hex 32')
}
/** The first one signs, the others still verify. */
const secrets = SESSION_SECRET?.split(' ') ?? 'only for development, 32 characters'

/** The first layer is the outermost: it sees a request first and its response last. */
export const web = stack(
  // Node's test runner sets this variable: tests write no log.
  log(pino({ enabled: process.env.NODE_TEST_CONTEXT === undefined })),
  secureHeaders(),
  compress(),
  csrf(),
  staticFiles(new URL('../public/', import.meta.url)),
  cookies(),
  // Sessions are in encrypted cookies, so the server keeps nothing. The README shows how to use a database instead.
  session<{ name: string }>({ secrets, store: cookieStore() }),
  templates<Views>({ root: new URL('../views/', import.meta.url) }),
)
