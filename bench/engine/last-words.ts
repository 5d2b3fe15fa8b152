import type { HttpError } from '@tsgi/core'
import { headText, planProblem } from '@tsgi/core/gateway'

/** Responds to a request that no application sees. The connection ends after it. */
export function lastWords(error: HttpError): string {
  const plan = planProblem(error, 'GET')
  return headText(plan, 'connection: close\r\n') + plan.body
}
