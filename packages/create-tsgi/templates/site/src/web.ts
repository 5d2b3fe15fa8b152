/** The middleware around every page. */
// #if compress
import { compress } from '@tsgi/compress'
// #endif
// #if session
import { cookies } from '@tsgi/cookies'
// #endif
import { stack } from '@tsgi/core'
import { csrf } from '@tsgi/csrf'
// #if log
import { log } from '@tsgi/log'
// #endif
import { secureHeaders } from '@tsgi/secure-headers'
// #if session
import { session } from '@tsgi/session'
import { cookieStore } from '@tsgi/session/cookie'
// #endif
import { staticFiles } from '@tsgi/static'
import { templates } from '@tsgi/templates'

// #if log
import { pino } from 'pino'
// #endif
// #if session
import type { Entry } from './entries.ts'

// #endif

/** The data of each template in views/. */
interface Views {
  home: object
  // #if session
  guestbook: {
    entries: readonly Entry[]
    typed: { name?: unknown; message?: unknown }
    notice?: string | undefined
  }
  // #endif
  'not-found': { path: string }
}

// #if session
const { NODE_ENV, SESSION_SECRET } = process.env
if (NODE_ENV === 'production' && SESSION_SECRET === undefined) {
  throw new Error('SESSION_SECRET is not set. Generate one with: openssl rand -hex 32')
}
/** The first one signs, the others still verify. */
const secrets = SESSION_SECRET?.split(' ') ?? 'only for development, 32 characters'
// #endif

/** The first layer is the outermost: it sees a request first and its response last. */
export const web = stack(
  // #if log
  // Node's test runner sets this variable: tests write no log.
  log(pino({ enabled: process.env.NODE_TEST_CONTEXT === undefined })),
  // #endif
  secureHeaders(),
  // #if compress
  compress(),
  // #endif
  csrf(),
  staticFiles(new URL('../public/', import.meta.url)),
  // #if session
  cookies(),
  // Sessions are in encrypted cookies, so the server keeps nothing. The README shows how to use a database instead.
  session<{ name: string }>({ secrets, store: cookieStore() }),
  // #endif
  templates<Views>({ root: new URL('../views/', import.meta.url) }),
)
