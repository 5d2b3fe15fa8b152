import type { Cookies } from '@tsgi/cookies'
import { type Application, type Environ, extend, handle, type Middleware } from '@tsgi/core'
import { after } from './after.ts'
import { RequestSession } from './request-session.ts'
import type { Session } from './session-type.ts'
import { createSessions, type SessionOptions } from './sessions.ts'

/**
 * A session for each visitor, known by a cookie: adds `session` to the environ, and needs `cookies()` before it.
 *
 * What the application writes is kept when it has returned, or thrown an `HttpError`; where it throws anything else,
 * nothing is. A request that changes nothing writes nothing: no session is made for a visitor whose session would be
 * empty, and the cookie is set once, not with every response.
 *
 * Source: OWASP Session Management Cheat Sheet; the default timeouts are those of NIST SP 800-63B-3 §4.2.3.
 *
 * @throws TypeError naming the option, where one is not as it should be.
 *
 * @example
 * ```ts
 * import { cookies } from '@tsgi/cookies'
 * import { stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { session } from '@tsgi/session'
 * import { z } from 'zod'
 *
 * const secret = 'a secret of at least 32 characters'
 * const web = stack(cookies(), session({ secret, schema: { visits: z.number() } }))
 * const visitor = client(
 *   web(({ session }) => text(`visit ${session.update('visits', (visits = 0) => visits + 1)}`)),
 * )
 *
 * await visitor.get('/')
 * const second = await visitor.get('/')
 * await second.text() // => 'visit 2'
 * ```
 */
export function session<Values extends object = Record<string, unknown>>(
  options: SessionOptions<Values>,
): Middleware<{ session: Session<Values> }, { cookies: Cookies }> {
  const { open, commit } = createSessions(options)
  return function session<E extends { cookies: Cookies }>(
    app: Application<E & { session: Session<Values> }>,
  ): Application<E> {
    function serve(environ: Environ & E, session: Session<Values>): Response | Promise<Response> {
      return after(handle(app, extend(environ, { session })), (response) =>
        response.status < 500 ? commit(session, response) : abandon(session, response),
      )
    }

    return function session(environ) {
      return after(open(environ), (session) => serve(environ, session))
    }
  }
}

/** Keeps nothing of what a failed request did to its session, or still does. */
function abandon(session: object, response: Response): Response {
  if (session instanceof RequestSession) session.close()
  return response
}
