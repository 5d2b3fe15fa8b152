/** Creates and changes responses on Node, whose own `Response` and `Headers` are slow. */

import { BodySource } from '../../body/body-source.ts'
import { lightParts } from './plain-response.ts'

export { changePairs, toPairs } from '../../http/header-pairs.ts'
export { pairsOf } from '../../http/light-headers.ts'
export { LightResponse, lightParts, lightResponse } from './plain-response.ts'

/** Cancels the body of a response that is not sent. Returns undefined for a body in memory, which needs no cancelling. */
export function cancelBody(response: Response, reason: unknown): Promise<void> | undefined {
  const parts = lightParts(response)
  const body = parts === undefined ? BodySource.fromResponse(response) : parts.body
  return body instanceof BodySource ? body.take().cancel(reason) : undefined
}
