import { describe } from '@tsgi/core/options'
import type { WsgiApplication } from '../contract/types.ts'
import { validatedBlocks } from './blocks.ts'
import { validateEnviron, warn } from './environ.ts'
import { type ResponseState, validatedStartResponse } from './start-response.ts'
import { ValidatedErrors, ValidatedInput } from './streams.ts'

/**
 * Checks both sides of PEP 3333: how the server calls the application, and what the application returns. A violation throws
 * a `ValidatorError` whose message begins with the rule's number. Questionable cases are reported to `wsgi.errors`. The
 * README lists the rules.
 *
 * Source: Python's `wsgiref.validate`, plus six rules that it lacks.
 *
 * @throws TypeError if `app` is not a function.
 *
 * @example
 * ```ts
 * import { b, validator, wsgi } from '@tsgi/wsgi'
 * import { client } from '@tsgi/core/testing'
 *
 * const application = wsgi(
 *   validator((environ, startResponse) => {
 *     startResponse('200 OK', [['Connection', 'close'], ['Content-Type', 'text/plain']])
 *     return [b`Hello`]
 *   }),
 * )
 * const web = client(application, { errors: { write() {} } })
 * await web.get('/')
 * String(web.errors[0]) // => "ValidatorError: S19: Connection is hop-by-hop: only the server can send it"
 * ```
 */
export function validator(app: WsgiApplication): WsgiApplication {
  if (typeof app !== 'function')
    throw new TypeError(`validator: app must be a function, got ${describe(app)}`)
  return async function validated(...args) {
    const environ = validateEnviron(args)
    const [, startResponse] = args
    const errors = environ['wsgi.errors']
    const report = (warning: string) => warn(errors, warning)
    environ['wsgi.input'] = new ValidatedInput(environ['wsgi.input'])
    environ['wsgi.errors'] = new ValidatedErrors(errors)
    const response: ResponseState = { started: false }
    const blocks: unknown = await app(environ, validatedStartResponse(startResponse, response, report))
    return validatedBlocks(blocks, response, report)
  }
}
