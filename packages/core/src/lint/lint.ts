import type { Application } from '../contract/application.ts'
import type { Environ } from '../contract/environ.ts'
import { lintEnviron, lintRoute } from './environ-rules.ts'
import { lintResponse, lintThrown } from './response-rules.ts'
import { rule } from './rule.ts'
import { watchEnviron } from './watch-environ.ts'

export { LintError } from './rule.ts'

/**
 * Checks both sides of the contract: the environ from the gateway and the response from the application. Throws a
 * {@link LintError} that names the broken rule of SPEC.md. If a streamed body breaks a rule, the stream fails. For tests
 * and development; the test client of `@tsgi/core/testing` always uses it.
 *
 * Source: PEP 3333's `wsgiref.validate`.
 *
 * @throws TypeError if the application is not a function.
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
 * message // => "R6: the field 'connection' is hop-by-hop and belongs to the gateway (see SPEC.md, rule R6)"
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
      lintRoute(environ)
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
  // A middleware has the duties of both sides: those of an application to the gateway outside, and those of a gateway to the
  // application inside.

  // M1. A middleware MUST NOT change the keys of the contract in the environ. It adds its own keys. A mount passes a copy
  // with another `scriptName` and `pathInfo` to the application inside, a method override a copy with another `method`.
  for (const key of ['method', 'scriptName', 'pathInfo', 'queryString'] as const) {
    rule(
      'M1',
      environ[key] === before[key],
      () => `${key} was changed in place; copy the environ with withPath`,
    )
  }

  // M2. A middleware SHOULD return synchronously if the application inside does. (Not checked.)

  // M3. A middleware MUST NOT buffer a body that it does not change, and MUST pass on the cancellation of a reader. (Not
  // checked.)

  // M4. A middleware that changes a response MUST keep every `Set-Cookie` as a separate field. (Rule R8 finds most
  // violations.)

  // M5. A composition of middleware MUST turn every error that is thrown inside a layer into a response before it reaches the
  // layers outside: an `HttpError` into the response that it describes, any other error into a response of status 500
  // without details. It MUST report such an error to `errors` once. (Not checked.)

  // ## Gateways
  //
  // Further duties of a gateway, which a linter inside it cannot check.

  // G1. A gateway MUST turn every error that an application throws into a response, as in M5. Nothing that an application
  // throws or returns may end the process.

  // G2. A gateway MUST read the body of a response to its end or cancel it, even if the client disconnects, if writing fails,
  // for `HEAD`, and for statuses without a body.

  // G3. A gateway MUST NOT read the body of a response faster than the client reads it.

  // G4. If the client disconnects before the response has ended, a gateway MUST abort `signal`. Afterwards, it MUST NOT.
  // A gateway that ends a body early, because it is stopping, MUST abort `signal`, too, and MUST end the response as a whole.

  // G5. A gateway MUST send each `Set-Cookie` as a separate field, and MUST remove hop-by-hop fields from a request that it
  // forwards.

  // G6. A gateway MUST settle `finished` when the response has ended, however it ended.

  // G7. When a gateway starts to stop, it MUST abort `gateway.stopping`. It MUST wait for the promises passed to `waitUntil`,
  // up to its own timeout, and MUST report their rejections to `errors`.

  // G8. A gateway MUST reject a malformed request target, `Host` or `Content-Length` with status 400, without calling the
  // application.

  // G9. Each report to `errors` MUST name the request that it belongs to: its method and path, and its route and id if there
  // are any.

  // G10. A gateway that is given a lifecycle MUST start it before it calls the application, and MUST NOT call the
  // application if that fails. It MUST stop it after the last response has ended and the promises passed to `waitUntil` have
  // settled, or its own timeout has passed.

  // G11. A gateway MUST upgrade a connection if and only if `upgrade.accept` was called and the response that it receives has
  // status 204 and no body. It MUST send the fields of the response with the 101, except hop-by-hop, `Content-*` and
  // `Sec-WebSocket-*` fields, settle `finished` then, and not abort `signal` afterwards. It MUST send any other response
  // unchanged, and MUST NOT open the WebSocket then.

  // G12. While the application decides about a handshake, a gateway MUST keep the bytes that the client sends. A client that
  // leaves meanwhile is not an error. A gateway that is stopping MUST reject handshakes with status 503, and close open
  // WebSockets with code 1001, or with 1012 if another process replaces it.
}
