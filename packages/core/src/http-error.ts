import { preferred } from './accept.ts'
import type { Application } from './application.ts'
import type { Environ } from './environ.ts'
import type { HeaderInit } from './header-init.ts'
import { html, json } from './responses.ts'
import { reasonPhrase } from './status.ts'

/** The options of {@link HttpError}. */
export interface HttpErrorInit extends ErrorOptions {
  /** Header fields of the answer, as `Retry-After` or `WWW-Authenticate`. */
  readonly headers?: HeaderInit
  /** A URI that names the problem's type; `about:blank` where absent (RFC 9457 §3.1.1). */
  readonly type?: string
  /** Members beside the standard ones (RFC 9457 §3.2). */
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
 * shown.
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
  if (known.status >= 500) environ.errors.write(error)
  const { status, detail, type, extensions } = known
  const title = reasonPhrase(status)
  const headers = new Headers(known.headers)
  const accept = environ.headers.get('accept')
  if (preferred(accept, ['application/problem+json', 'application/json', 'text/html']) === 'text/html') {
    headers.set('content-type', 'text/html; charset=utf-8')
    return html(page(status, title, detail), { status, headers })
  }
  headers.set('content-type', 'application/problem+json')
  return json(
    { ...extensions, type, title, status, ...(detail === undefined ? {} : { detail }) },
    { status, headers },
  )
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

function page(status: number, title: string, detail: string | undefined): string {
  const heading = `${status} ${title}`
  const paragraph = detail === undefined ? '' : `<p>${escapeHtml(detail)}</p>`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${heading}</title><h1>${heading}</h1>${paragraph}`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
