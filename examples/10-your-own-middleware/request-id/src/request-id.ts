/**
 * An id for every request, by which its lines in the log are found, and the request of a visitor who complains.
 */
import { type Environ, extend, type Middleware, respond, withHeaders } from '@tsgi/core'

/** The options of {@link requestId}. */
export interface RequestIdOptions {
  /** The name of the header field that carries the id; `x-request-id` unless given. */
  readonly header?: string
  /** Whether an id that the request brings is kept, as where a proxy in front sets it; `false` unless given. */
  readonly trusted?: boolean
}

/**
 * Adds `requestId` to the environ, and to the response in a header field: to the answer of an `HttpError`, too.
 *
 * @throws TypeError where an option is not what it should be.
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
      const finish = (response: Response) => withRequestId(response, header, id)
      const response = respond(app, extend(environ, { requestId: id }))
      return response instanceof Promise ? response.then(finish) : finish(response)
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
