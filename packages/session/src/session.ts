import type { Cookies } from '@tsgi/cookies'
import { type Application, chain, extend, handle, type Middleware } from '@tsgi/core'
import type { JsonValues } from './content/json.ts'
import type { SchemaOf, SessionSchema, ValuesOf } from './content/schema.ts'
import { createSessions } from './create-sessions.ts'
import type { SessionOptions } from './options.ts'
import type { Session } from './session-type.ts'

/**
 * Adds `session` to the environ: values that belong to a visitor, identified by a cookie. Requires `cookies()` earlier in
 * the stack.
 *
 * Changes are stored if the status of the response is below 500, including the response to an `HttpError`. A request that
 * changes nothing stores nothing, and an empty session is not stored.
 *
 * Source: OWASP Session Management Cheat Sheet. The default timeouts are those of NIST SP 800-63B-3 §4.2.3.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { cookies } from '@tsgi/cookies'
 * import { stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { session } from '@tsgi/session'
 * import { z } from 'zod'
 *
 * const secrets = 'a secret of at least 32 characters'
 * const web = stack(cookies(), session({ secrets, schema: { visits: z.number() } }))
 * const visitor = client(
 *   web(({ session }) => text(`visit ${session.update('visits', (visits = 0) => visits + 1)}`)),
 * )
 *
 * await visitor.get('/')
 * const second = await visitor.get('/')
 * await second.text() // => 'visit 2'
 * ```
 */
export function session<
  Values extends JsonValues<Values> = Record<string, unknown>,
  Schema extends SessionSchema = SchemaOf<Values>,
>(
  options: SessionOptions<Values, Schema>,
): Middleware<{ session: Session<ValuesOf<Values, Schema>> }, { cookies: Cookies }> {
  const { open, commit } = createSessions(options)

  return function session<E extends { cookies: Cookies }>(
    app: Application<E & { session: Session<ValuesOf<Values, Schema>> }>,
  ): Application<E> {
    return function session(environ) {
      return chain(open(environ), (session) =>
        chain(handle(app, extend(environ, { session })), (response) => commit(session, response)),
      )
    }
  }
}
