import type { WsgiApplication } from '../contract/types.ts'
import { validatedBlocks } from './validate-blocks.ts'
import { validateEnviron, warn } from './validate-environ.ts'
import { type Began, validatedStartResponse } from './validate-start-response.ts'
import { ValidatedErrors, ValidatedInput } from './validate-streams.ts'

/**
 * WSGI middleware that checks both sides of PEP 3333: what the server passes in, and what the callable does with it. A
 * breach throws a {@link ValidatorError} whose message begins with the rule's number; what is doubtful only is written
 * to `wsgi.errors`. The README has the list of rules.
 *
 * Source: Python's `wsgiref.validate`, whose checks these are, and five that it lacks.
 *
 * @throws TypeError where the callable is none.
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
 * String(web.errors[0]) // => "ValidatorError: S19: Connection is hop-by-hop, and the server's own to send"
 * ```
 */
export function validator(app: WsgiApplication): WsgiApplication {
  if (typeof app !== 'function') throw new TypeError(`validator: app must be a function, got ${typeof app}`)
  return async function validated(...args) {
    const environ = validateEnviron(args)
    const [, startResponse] = args
    const errors = environ['wsgi.errors']
    const tell = (warning: string) => warn(errors, warning)
    environ['wsgi.input'] = new ValidatedInput(environ['wsgi.input'])
    environ['wsgi.errors'] = new ValidatedErrors(errors)
    const began: Began = { began: false }
    const blocks: unknown = await app(environ, validatedStartResponse(startResponse, began, tell))
    return validatedBlocks(blocks, began, tell)
  }
}
