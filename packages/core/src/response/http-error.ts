import type { HeaderInit } from '../http/header-init.ts'
import { errorPhrase } from '../http/status.ts'

/** The options of {@link HttpError}. */
export interface HttpErrorInit extends ErrorOptions {
  /** Headers of the response, such as `Retry-After` or `WWW-Authenticate`. */
  readonly headers?: HeaderInit
  /** A URI that identifies the problem type. Default: `about:blank` (RFC 9457 §3.1.1). */
  readonly type?: string
  /** Additional members of the problem details. They cannot replace the standard ones (RFC 9457 §3.2). */
  readonly extensions?: Readonly<Record<string, unknown>>
  /** Whether the error is reported to `environ.errors`. By default, only if the status is 500 or more. */
  readonly report?: boolean
}

/**
 * An error that becomes a response. Throw it anywhere in an application or middleware: the client receives problem details,
 * or a short page if it prefers HTML. `detail` is shown to the client.
 *
 * Source: RFC 9457, "Problem Details for HTTP APIs".
 *
 * @throws RangeError if the status is not from 400 to 599.
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
  readonly report: boolean

  constructor(status: number, detail?: string, init: HttpErrorInit = {}) {
    super(detail ?? errorPhrase(status), 'cause' in init ? { cause: init.cause } : undefined)
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`HttpError: status must be from 400 to 599, got ${status}`)
    }
    this.status = status
    this.detail = detail
    this.headers = new Headers(init.headers)
    this.type = init.type ?? 'about:blank'
    this.extensions = init.extensions ?? {}
    this.report = init.report ?? status >= 500
  }
}
