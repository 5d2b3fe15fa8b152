import type { ProblemDetails } from './types/problem-details.ts'

/**
 * A response with a status that is not 2xx, as `orThrow` throws it.
 *
 * @example
 * ```ts
 * import { createClient, ResponseError } from '@tsgi/client'
 * import { HttpError, toFetch } from '@tsgi/core'
 * import { router } from '@tsgi/router'
 *
 * const application = router({
 *   '/users/:id': () => {
 *     throw new HttpError(404, 'There is no such user.')
 *   },
 * })
 * const api = createClient<typeof application>('http://localhost', { fetch: toFetch(application) })
 * const error = await api.get('/users/:id', { params: { id: '7' } }).orThrow().catch((error) => error)
 * error instanceof ResponseError && error.message // => 'GET http://localhost/users/7: 404 There is no such user.'
 * ```
 */
export class ResponseError extends Error {
  override readonly name = 'ResponseError'
  /** The response; its body has been read. */
  readonly response: Response
  /** The body, if it is problem details. */
  readonly problem: ProblemDetails | undefined

  constructor(request: Request, response: Response, problem: ProblemDetails | undefined) {
    const reason = problem?.detail ?? problem?.title ?? response.statusText
    super(`${request.method} ${request.url}: ${response.status} ${reason}`)
    this.response = response
    this.problem = problem
  }

  /** The status of the response. */
  get status(): number {
    return this.response.status
  }
}
