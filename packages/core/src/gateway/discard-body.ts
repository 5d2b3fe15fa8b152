import { cancelBody } from '#response'
import { reportBody } from '../response/report.ts'
import type { BaseExchange } from './exchange.ts'

/**
 * Cancels the body of a response that is not sent.
 *
 * @example
 * ```ts
 * import { discardBody } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * let isCancelled = false
 * const body = new ReadableStream({
 *   cancel() {
 *     isCancelled = true
 *   },
 * })
 * discardBody(testEnviron('/'), new Response(body))
 * isCancelled // => true
 * ```
 */
export function discardBody(
  exchange: Pick<BaseExchange, 'errors' | 'signal'> & Partial<Pick<BaseExchange, 'failure'>>,
  response: Response,
): void {
  try {
    cancelBody(response, exchange.failure)?.catch((error: unknown) => reportBody(error, exchange))
  } catch {
    // A proxy of a response, or one whose getters throw: it could not be sent either, which is reported.
  }
}
