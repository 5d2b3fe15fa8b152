/**
 * An id for every request, by which its lines in the log are found, and the request of a visitor who complains.
 */
import { chain, type Environ, extend, handle, type Middleware, withHeaders } from '@tsgi/core'

/** The options of {@link requestId}. */
export interface RequestIdOptions {
  /** The name of the header field that carries the id; `x-request-id` unless given. */
  readonly header?: string
  /** Whether an id that the request brings is kept, as where a proxy in front sets it; `false` unless given. */
  readonly trusted?: boolean
}

/**
 * Adds `requestId` to the environ, and to every response in a header field, error responses included.
 *
 * @throws TypeError if an option is invalid.
 */
export function requestId(options: RequestIdOptions = {}): Middleware<{ requestId: string }> {
  const { header = 'x-request-id', trusted = false } = options
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header)) {
    throw new TypeError(`requestId: header must be the name of a header field, got '${header}'`)
  }
  if (typeof trusted !== 'boolean') {
    throw new TypeError(`requestId: trusted must be true or false, got ${String(trusted)}`)
  }

  return (app) =>
    function requestId(environ) {
      const id = (trusted ? receivedId(environ, header) : undefined) ?? crypto.randomUUID()
      const response = handle(app, extend(environ, { requestId: id }))
      return chain(response, (response) => withRequestId(response, header, id))
    }
}

/** The request half: the id that the request brings; undefined where that is nothing to be put into a log. */
export function receivedId({ headers }: Pick<Environ, 'headers'>, header: string): string | undefined {
  const id = headers.get(header)
  return id !== null && /^[\w-]{1,64}$/.test(id) ? id : undefined
}

/** The response half: the response with the id in its header. */
export function withRequestId(response: Response, header: string, id: string): Response {
  return withHeaders(response, { [header]: id })
}
