import type { Application } from '../contract/application.ts'
import type { Environ } from '../contract/environ.ts'
import { lintEnviron, watchEnviron } from './environ-rules.ts'
import { lintResponse, lintThrown } from './response-rules.ts'
import { rule } from './rule.ts'

export { LintError } from './rule.ts'

/**
 * A middleware that checks both sides of the contract: what the gateway passes in and what the application returns.
 * A breach throws a {@link LintError} whose message names the rule of SPEC.md; a breach found in a streamed body
 * errors the stream. It is for tests and development; `@tsgi/core/testing` has it on.
 *
 * Source: PEP 3333's `wsgiref.validate`.
 *
 * @throws TypeError where the application is not a function.
 *
 * @example
 * ```ts
 * import { type Application, lint, text } from '@tsgi/core'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const application: Application = () => text('Hello', { headers: { connection: 'close' } })
 *
 * let message = ''
 * try {
 *   await lint(application)(testEnviron('/'))
 * } catch (error) {
 *   message = (error as Error).message
 * }
 * message // => "R6: the field 'connection' is hop-by-hop, and the gateway's own (see SPEC.md, rule R6)"
 * ```
 */
export function lint<E extends object>(app: Application<E>): Application<E> {
  if (typeof app !== 'function')
    throw new TypeError(`lint: the application must be a function, got ${typeof app}`)
  const returned = new WeakSet<Response>()

  return function linted(environ, ...rest: unknown[]) {
    lintEnviron(environ, 1 + rest.length)
    const watched = watchEnviron(environ)
    const check = (response: unknown): Response => {
      lintUnchanged(watched, environ)
      return lintResponse(response, returned)
    }
    const fail = (error: unknown): never => {
      throw lintThrown(error)
    }
    let response: Response | Promise<Response>
    try {
      response = app(watched)
    } catch (error) {
      return fail(error)
    }
    return response instanceof Promise ? response.then(check, fail) : check(response)
  }
}

function lintUnchanged(environ: Environ, before: Environ): void {
  // ## Middleware
  //
  // A middleware keeps the duties of both sides: of an application towards the gateway, of a gateway towards the
  // application it wraps.

  // M1. A middleware MUST NOT change the environ's own keys in place. It adds keys of its own; a mount passes inward a
  // copy whose `scriptName` and `pathInfo` are divided elsewhere.
  for (const key of ['method', 'scriptName', 'pathInfo', 'queryString'] as const) {
    rule('M1', environ[key] === before[key], () => `${key} was changed in place; derive an environ instead`)
  }

  // M2. A middleware SHOULD answer synchronously where the application it wraps does. (Not checked.)

  // M3. A middleware MUST NOT buffer a body it does not change, and MUST pass a reader's cancellation on. (Not checked.)

  // M4. A middleware that changes a response MUST keep every `Set-Cookie` as a field of its own. (Rule R8 finds most
  // breaches.)

  // ## Gateways
  //
  // Further duties of a gateway, which a linter inside it cannot see.

  // G1. A gateway MUST answer what an application throws: an `HttpError` as it says, anything else with status 500,
  // reported whole to `errors`, with nothing of it shown.

  // G2. A gateway MUST read a response's body to its end, or cancel it: when the client leaves, when writing fails, and
  // for `HEAD` and the statuses that have no body.

  // G3. A gateway MUST NOT read a body faster than its client takes it.

  // G4. When the client leaves before the response has ended, a gateway MUST abort `signal`. After the end it MUST NOT.

  // G5. A gateway MUST send each `Set-Cookie` as a field of its own, and MUST drop hop-by-hop fields from a request it
  // forwards.

  // G6. A gateway MUST settle `finished` once the response has ended, however it did.

  // G7. A gateway MUST NOT stop before the promises given to `waitUntil` have settled or its own time for stopping is
  // over, and MUST report their rejections to `errors`.

  // G8. A gateway MUST refuse a malformed request target, `Host` or `Content-Length` with status 400, without calling
  // the application.
}
