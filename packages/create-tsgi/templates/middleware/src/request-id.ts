/** Gives every request an id, so that you can find it in the log. */
import { chain, type Environ, extend, handle, type Middleware, withHeaders } from '@tsgi/core'
import { checkOptions, describe } from '@tsgi/core/options'

/** Options of {@link requestId}. */
export interface RequestIdOptions {
  /** The name of the header with the id; `x-request-id` by default. */
  readonly header?: string
  /** Whether to use the id that a proxy has given the request; false by default. */
  readonly trusted?: boolean
}

/**
 * Adds `requestId` to the environ and sends it in a header of every response, including error responses.
 *
 * @throws TypeError if an option is unknown or invalid.
 */
export function requestId(options: RequestIdOptions = {}): Middleware<{ requestId: string }> {
  checkOptions('requestId', options, ['header', 'trusted'])
  const { header = 'x-request-id', trusted = false } = options
  if (typeof header !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(header)) {
    throw new TypeError(`requestId: header must be a valid header name, got ${describe(header)}`)
  }
  if (typeof trusted !== 'boolean') {
    throw new TypeError(`requestId: trusted must be true or false, got ${describe(trusted)}`)
  }

  return (app) =>
    function requestId(environ) {
      const id = (trusted ? receivedId(environ, header) : undefined) ?? crypto.randomUUID()
      const response = handle(app, extend(environ, { requestId: id }))
      return chain(response, (response) => withRequestId(response, header, id))
    }
}

/** The request half: returns the id of the request, or undefined if it is not safe to log. */
export function receivedId({ headers }: Pick<Environ, 'headers'>, header: string): string | undefined {
  const id = headers.get(header)
  return id !== null && /^[\w-]{1,64}$/.test(id) ? id : undefined
}

/** The response half: returns the response with the id in its header. */
export function withRequestId(response: Response, header: string, id: string): Response {
  return withHeaders(response, { [header]: id })
}
