import type { Environ } from '../contract/environ.ts'
import { parseQualities } from '../http/accept-encoding.ts'
import { errorPhrase } from '../http/status.ts'
import { isError } from '../options/is-error.ts'
import { markError } from './error-of.ts'
import { html, text } from './helpers.ts'
import { HttpError } from './http-error.ts'
import { problemDetails } from './problem-details.ts'
import { report } from './report.ts'

/**
 * Turns an error into a response, as problem details or as HTML, depending on the request's `Accept`. An
 * {@link HttpError} determines the response. It is also reported to `environ.errors` if its status is 500 or more, unless
 * it says otherwise. Any other error is reported and becomes a 500 response that reveals nothing about it. The error of an
 * operation that `environ.signal` has aborted is not reported. Never throws.
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
  // `errorOf` returns undefined for a response that was not created from an error.
  const thrown = error === undefined ? new TypeError('The application threw undefined, not an Error') : error
  return markError(render(thrown, environ), thrown)
}

function render(error: unknown, environ: Environ): Response {
  try {
    if (isError(error) && error instanceof HttpError) {
      if (error.report) report(error, environ)
      return problemResponse(error, environ)
    }
  } catch (failure) {
    // An HttpError whose members throw.
    report(failure, environ)
  }
  report(error, environ)
  return problemResponse(new HttpError(500), environ)
}

function problemResponse(error: HttpError, environ: Environ): Response {
  const { status, detail } = error
  const headers = new Headers(error.headers)
  headers.append('vary', 'Accept')
  if (prefersHtml(environ)) {
    headers.set('content-type', 'text/html; charset=utf-8')
    return html(page(status, detail), { status, headers })
  }
  headers.set('content-type', 'application/problem+json')
  return text(
    problemDetails(error, (failure) => report(failure, environ)),
    { status, headers },
  )
}

function prefersHtml(environ: Environ): boolean {
  try {
    const qualities = parseQualities(environ.headers.get('accept') ?? '')
    const quality = (type: string, range: string) =>
      qualities.get(type) ?? qualities.get(range) ?? qualities.get('*/*') ?? 0
    const json = ['application/problem+json', 'application/json'].map((type) =>
      quality(type, 'application/*'),
    )
    return quality('text/html', 'text/*') > Math.max(...json)
  } catch {
    // The header fields of the request may be invalid.
    return false
  }
}

function page(status: number, detail: string | undefined): string {
  const heading = `${status} ${errorPhrase(status)}`
  const paragraph = detail === undefined ? '' : `<p>${escapeHtml(detail)}</p>`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${heading}</title><h1>${heading}</h1>${paragraph}`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
