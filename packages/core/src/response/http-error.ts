import type { Application } from '../contract/application.ts'
import type { Environ } from '../contract/environ.ts'
import { preferredMediaType } from '../http/accept.ts'
import type { HeaderInit } from '../http/header-init.ts'
import { reasonPhrase } from '../http/status.ts'
import { describe } from '../options/describe.ts'
import { html, json } from './helpers.ts'

/** The options of {@link HttpError}. */
export interface HttpErrorInit extends ErrorOptions {
  /** Header fields of the answer, as `Retry-After` or `WWW-Authenticate`. */
  readonly headers?: HeaderInit
  /** A URI that names the problem's type; `about:blank` where absent (RFC 9457 §3.1.1). */
  readonly type?: string
  /** Members beside the standard ones, which they cannot replace (RFC 9457 §3.2). */
  readonly extensions?: Readonly<Record<string, unknown>>
}

/**
 * An error that says what to answer. An application may throw it anywhere; gateways, the router, the test client
 * and every middleware that adds headers answer it with problem details, or with a short page where the request
 * prefers HTML. `detail` is shown to the client.
 *
 * Source: RFC 9457, "Problem Details for HTTP APIs".
 *
 * @throws RangeError where the status is not from 400 to 599.
 *
 * @example
 * ```ts
 * import { type Application, HttpError } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const application: Application = () => {
 *   throw new HttpError(404, 'There is no user 7.')
 * }
 * const response = await client(application).get('/users/7')
 * await response.json() // => { type: 'about:blank', title: 'Not Found', status: 404, detail: 'There is no user 7.' }
 * ```
 */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly detail: string | undefined
  readonly headers: Headers
  readonly type: string
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(status: number, detail?: string, init: HttpErrorInit = {}) {
    super(detail ?? reasonPhrase(status), 'cause' in init ? { cause: init.cause } : undefined)
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`HttpError: status must be from 400 to 599, got ${status}`)
    }
    this.status = status
    this.detail = detail
    this.headers = new Headers(init.headers)
    this.type = init.type ?? 'about:blank'
    this.extensions = init.extensions ?? {}
  }
}

/**
 * The response that answers an error, by the request's `Accept`. An {@link HttpError} is answered as it says; one of
 * 500 or more is reported to `errors` as well. Anything else is reported whole and answered 500, with nothing of it
 * shown. It never throws.
 *
 * @example
 * ```ts
 * import { errorResponse, HttpError } from '@tsgi/core'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const environ = testEnviron('/', { headers: { accept: 'text/html' } })
 * const response = errorResponse(new HttpError(403), environ)
 * response.status // => 403
 * response.headers.get('content-type') // => 'text/html; charset=utf-8'
 * ```
 */
export function errorResponse(error: unknown, environ: Environ): Response {
  const known = error instanceof HttpError ? error : new HttpError(500)
  if (known.status >= 500) report(error, environ)
  const { status, detail } = known
  const headers = new Headers(known.headers)
  headers.append('vary', 'Accept')
  if (prefersHtml(environ)) {
    headers.set('content-type', 'text/html; charset=utf-8')
    return html(page(status, detail), { status, headers })
  }
  headers.set('content-type', 'application/problem+json')
  const standard = standardMembers(known)
  try {
    return json({ ...standard, ...extensionMembers(known) }, { status, headers })
  } catch (failure) {
    // Extensions without a JSON form are a fault here; the client still gets its answer.
    report(failure, environ)
    return json(standard, { status, headers })
  }
}

/**
 * Calls the application, and answers an {@link HttpError} it throws. A middleware that changes responses calls its
 * application through this, so that what it adds (a cookie, a CORS header) is on error responses too. Any other
 * error passes on, to be logged and answered by the gateway.
 *
 * @example
 * ```ts
 * import { HttpError, type Middleware, respond, withHeaders } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const stamped: Middleware = (app) => async (environ) => withHeaders(await respond(app, environ), { 'x-stamp': '1' })
 *
 * const application = stamped(() => {
 *   throw new HttpError(404)
 * })
 * const response = await client(application).get('/')
 * response.headers.get('x-stamp') // => '1'
 * ```
 */
export function respond<E extends object>(
  app: Application<E>,
  environ: Environ & E,
): Response | Promise<Response> {
  const answer = (error: unknown): Response => {
    if (error instanceof HttpError) return errorResponse(error, environ)
    throw error
  }
  try {
    const response = app(environ)
    return response instanceof Promise ? response.catch(answer) : response
  } catch (error) {
    return answer(error)
  }
}

/** Reports what broke, as an `Error` always; a log that fails itself does not cost the client its answer. */
function report(error: unknown, environ: Environ): void {
  const problem =
    error instanceof Error
      ? error
      : new TypeError(`The application threw ${describe(error)}, not an Error`, { cause: error })
  try {
    environ.errors.write(problem)
  } catch (failure) {
    console.error(failure, problem)
  }
}

function prefersHtml(environ: Environ): boolean {
  try {
    const accept = environ.headers.get('accept')
    return (
      preferredMediaType(accept, ['application/problem+json', 'application/json', 'text/html']) ===
      'text/html'
    )
  } catch {
    // Header fields that cannot be read may be the very error that is answered here.
    return false
  }
}

function standardMembers({ type, status, detail }: HttpError): Record<string, unknown> {
  return { type, title: reasonPhrase(status), status, ...(detail === undefined ? {} : { detail }) }
}

function extensionMembers({ extensions }: HttpError): Record<string, unknown> {
  const standard = ['type', 'title', 'status', 'detail']
  // `toJSON` is no member: JSON.stringify would call it, and send what it returns in the place of all the rest.
  const own = Object.entries(extensions).filter(([name]) => !standard.includes(name) && name !== 'toJSON')
  return Object.fromEntries(own)
}

function page(status: number, detail: string | undefined): string {
  const heading = `${status} ${reasonPhrase(status)}`
  const paragraph = detail === undefined ? '' : `<p>${escapeHtml(detail)}</p>`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${heading}</title><h1>${heading}</h1>${paragraph}`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
