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
  declare readonly response: Response
  /** The status of the response. */
  declare readonly status: number
  /** The body, if it is JSON, such as problem details. */
  declare readonly problem: ProblemDetails | undefined

  constructor(request: Request, response: Response, problem: ProblemDetails | undefined) {
    // The server may have sent anything.
    const reason = [problem?.detail, problem?.title, response.statusText].find(
      (each) => typeof each === 'string',
    )
    super(`${request.method} ${request.url}: ${response.status} ${reason}`)
    this.response = response
    this.status = response.status
    this.problem = problem
  }
}
