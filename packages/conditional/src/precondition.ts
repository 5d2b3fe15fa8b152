import { type Environ, HttpError } from '@tsgi/core'
import { evaluatePreconditions, isEntityTag, parseHttpDate, type Validators } from '@tsgi/core/http'
import { checkBoolean, checkOptions, describe } from '@tsgi/core/options'

/** The options of {@link precondition}. */
export interface PreconditionOptions {
  /**
   * Whether a request without a precondition is rejected with 428: one that has neither `If-Match`, nor
   * `If-Unmodified-Since`, nor `If-None-Match: *`. Default: false.
   */
  readonly required?: boolean
}

/**
 * Checks the preconditions of a request that changes a resource. Call it before you write, and in the same transaction in
 * which you read the current version: a client that has not seen this version receives 412 and cannot overwrite it.
 *
 * Source: RFC 9110 §13.1 and §13.2, RFC 6585 §3.
 *
 * @param current The `etag` and `lastModified` of the current version; `undefined` if the resource does not exist.
 * @throws HttpError 412 if a precondition is not met, 428 if it is `required` and missing.
 * @throws TypeError if `etag` is not an entity tag with quotes, `lastModified` is not a valid date, or an option is unknown
 *   or invalid.
 *
 * @example
 * ```ts
 * import { type Application, empty } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { precondition } from '@tsgi/conditional'
 *
 * let page = { version: 7, text: 'Hello' }
 * const application: Application = async (environ) => {
 *   const text = await environ.request.text()
 *   precondition(environ, { etag: `"${page.version}"` }, { required: true })
 *   page = { version: page.version + 1, text }
 *   return empty(204, { headers: { etag: `"${page.version}"` } })
 * }
 *
 * const web = client(application)
 * const put = async (headers: Record<string, string>) => (await web.put('/', { body: 'Hi', headers })).status
 * await put({}) // => 428
 * await put({ 'if-match': '"6"' }) // => 412
 * await put({ 'if-match': '"7"' }) // => 204
 * ```
 */
export function precondition(
  environ: Environ,
  current: Validators | undefined,
  options: PreconditionOptions = {},
): void {
  checkOptions('precondition', options, ['required'])
  const { required = false } = options
  checkBoolean('precondition: required', required)
  if (current !== undefined) checkValidators(current)
  if (evaluatePreconditions(environ, current) === 412) {
    throw new HttpError(412, 'The resource has changed, or does not exist as the request expects.')
  }
  if (required && !hasPrecondition(environ, current)) {
    throw new HttpError(
      428,
      'Send If-Match with the ETag of the version to change, or If-None-Match: * to create one.',
    )
  }
}

function checkValidators({ etag, lastModified }: Validators): void {
  if (etag !== undefined && !isEntityTag(etag)) {
    throw new TypeError(
      `precondition: etag must be an entity tag with quotes, such as '"v1"' or 'W/"v1"', got ${describe(etag)}`,
    )
  }
  if (
    lastModified !== undefined &&
    !(lastModified instanceof Date && !Number.isNaN(lastModified.getTime()))
  ) {
    throw new TypeError(`precondition: lastModified must be a valid Date, got ${describe(lastModified)}`)
  }
}

/** Reports whether the request has a precondition that protects the current version, not one that has to be ignored. */
function hasPrecondition({ headers }: Environ, current: Validators | undefined): boolean {
  if (headers.has('if-match') || headers.get('if-none-match') === '*') return true
  const since = headers.get('if-unmodified-since')
  return since !== null && current?.lastModified !== undefined && parseHttpDate(since) !== undefined
}
