import { pairsOf } from '#response'
import { byteLength } from '../body/chunk.ts'
import { errorPhrase } from '../http/status.ts'
import { HttpError } from '../response/http-error.ts'
import { problemDetails } from '../response/problem-details.ts'
import type { ExchangeSettings } from './exchange-settings.ts'
import { newRequestId, type ObservedRequest, tell } from './observer.ts'
import type { ResponsePlan } from './response-plan.ts'

/** A request that is rejected before it reaches the application, as far as the gateway could read it. */
export type RejectedRequest = Omit<ObservedRequest, 'requestId' | 'status' | 'isShed'>

/**
 * Plans a response of problem details (RFC 9457).
 *
 * @example
 * ```ts
 * import { HttpError } from '@tsgi/core'
 * import { planProblem } from '@tsgi/core/gateway'
 *
 * const { status, fields, body } = planProblem(new HttpError(400, 'The Host field is malformed.'), 'GET')
 * status // => 400
 * fields // => ['content-type', 'application/problem+json']
 * body // => '{"type":"about:blank","title":"Bad Request","status":400,"detail":"The Host field is malformed."}'
 * ```
 */
export function planProblem(error: HttpError, method: string): ResponsePlan {
  const { status, headers } = error
  // Ignore extensions without a JSON form.
  const body = problemDetails(error, () => {})
  return {
    status,
    reason: errorPhrase(status),
    fields: ['content-type', 'application/problem+json', ...pairsOf(headers)],
    length: byteLength(body),
    body: method === 'HEAD' ? null : body,
    dropped: undefined,
  }
}

/**
 * Plans the response to a request that is rejected before it reaches the application, as problem details, and tells
 * observers. An error that is not an {@link HttpError} is reported and becomes a response with status 500.
 *
 * @example
 * ```ts
 * import { HttpError } from '@tsgi/core'
 * import { exchangeSettings, planRejection } from '@tsgi/core/gateway'
 *
 * const rejected: string[] = []
 * const observers = [{ rejected: ({ target }: { target: string }) => rejected.push(target) }]
 * const settings = exchangeSettings('serve', () => new Response(), { observers })
 * const request = {
 *   method: 'CONNECT',
 *   target: 'example.org:443',
 *   protocol: 'HTTP/1.1',
 *   host: 'example.org',
 *   remoteAddress: '192.0.2.1',
 *   headers: new Headers(),
 * }
 * planRejection(settings, new HttpError(501), request).status // => 501
 * rejected // => ['example.org:443']
 * ```
 */
export function planRejection(
  { errors, observers, hasRequestIds }: ExchangeSettings,
  error: unknown,
  request: RejectedRequest,
): ResponsePlan {
  const known = error instanceof HttpError ? error : new HttpError(500)
  if (known !== error) errors.write(error)
  const plan = planProblem(known, request.method)
  const requestId = hasRequestIds ? newRequestId() : undefined
  const rejected = { ...request, requestId, status: plan.status }
  const end = { bytes: plan.body === null ? 0 : plan.length!, duration: 0, aborted: false }
  tell(observers, errors, (observer) => observer.rejected?.(rejected, end))
  return requestId === undefined ? plan : { ...plan, fields: [...plan.fields, 'x-request-id', requestId] }
}
