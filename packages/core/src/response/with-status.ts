import { cancelBody, lightParts, lightResponse, pairsOf } from '#response'
import { withoutNames } from '../http/header-pairs.ts'
import { isNullBodyStatus } from '../http/status.ts'
import { keepError } from './error-of.ts'
import { ABOUT_BODY, rebuild } from './rebuild.ts'

/**
 * Returns the response with another status. A status without a body (204, 205, 304) drops the body and the headers that
 * describe it, but keeps `ETag` (RFC 9110 §15.4.5).
 *
 * @throws RangeError if the status is not from 200 to 599.
 *
 * @example
 * ```ts
 * import { text, withStatus } from '@tsgi/core'
 *
 * const response = withStatus(text('not here'), 404)
 * response.status // => 404
 * await response.text() // => 'not here'
 * ```
 */
export function withStatus(response: Response, status: number, statusText = ''): Response {
  const head = { status, statusText }
  const parts = lightParts(response)
  if (!isNullBodyStatus(status)) {
    return parts === undefined
      ? rebuild(response, response.body, response.headers, head)
      : keepError(response, lightResponse(parts.body, head, parts.headers))
  }
  // Ignore errors from cancelling the old body.
  cancelBody(response, undefined)?.catch(() => {})
  const pairs = withoutNames(parts?.headers ?? pairsOf(response.headers), NOT_WITHOUT_BODY)
  return keepError(response, lightResponse(null, head, pairs))
}

const NOT_WITHOUT_BODY: readonly string[] = /* @__PURE__ */ ABOUT_BODY.concat(
  'content-type',
  'content-encoding',
)
