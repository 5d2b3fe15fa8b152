const errors = new WeakMap<Response, { readonly thrown: unknown }>()

/**
 * Returns the value that the application threw, if {@link handle} or {@link errorResponse} created the response from it;
 * `undefined` for any other response. If the application threw `undefined`, returns a `TypeError`. Use it in middleware that
 * shows error pages or sends errors to a service. `withHeaders`, `withStatus`, `mapText` and `mapBody` keep the value;
 * `new Response(…)` does not.
 *
 * @example
 * ```ts
 * import { errorOf, type Middleware, stack } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const sent: unknown[] = []
 * const monitored: Middleware = (app) => async (environ) => {
 *   const response = await app(environ)
 *   if (response.status >= 500) sent.push(errorOf(response))
 *   return response
 * }
 * const broken = stack(monitored)(() => {
 *   throw new Error('lost its way')
 * })
 * await client(broken, { errors: { write() {} } }).get('/')
 * String(sent[0]) // => 'Error: lost its way'
 * ```
 */
export function errorOf(response: Response): unknown {
  return errors.get(response)?.thrown
}

/** Records the error from which a response was created. */
export function markError(response: Response, thrown: unknown): Response {
  errors.set(response, { thrown })
  return response
}

/** Records that a response was created from another one, which may have been created from an error. */
export function keepError(from: Response, to: Response): Response {
  // Errors become responses with a status of 400 or more, so most other responses need no lookup.
  const error = from.status >= 400 || to.status >= 400 ? errors.get(from) : undefined
  if (error !== undefined) errors.set(to, error)
  return to
}
