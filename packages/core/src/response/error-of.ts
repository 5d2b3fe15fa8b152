const errors = new WeakMap<Response, { readonly thrown: unknown }>()

/**
 * Returns what the application threw, for a response that {@link handle} or {@link errorResponse} made of it; `undefined`
 * for any other response. For middleware that shows error pages or sends errors to a service. `withHeaders`,
 * `withStatus`, `mapText` and `mapBody` keep it; a `new Response(…)` does not.
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

/** Notes what a response was made of. */
export function markError(response: Response, thrown: unknown): Response {
  errors.set(response, { thrown })
  return response
}

/** Notes that a response was made of another one, which may have been made of an error. */
export function keepError(from: Response, to: Response): Response {
  // Whatever is thrown becomes a response of 400 or more, and few others have to be looked up.
  const error = from.status >= 400 || to.status >= 400 ? errors.get(from) : undefined
  if (error !== undefined) errors.set(to, error)
  return to
}
