import { withHeaders } from '@tsgi/core'
import { plainParts } from '@tsgi/core/gateway'

/**
 * The response with what caches must know of a session: the response half of the middleware.
 *
 * Where the session was used, the response depends on the cookie: `Vary: Cookie` is added. Where the session's cookie
 * was set or deleted, no cache may keep the response: `Cache-Control: no-store`, unless the response says `no-store`
 * or `private` itself.
 *
 * Source: RFC 9110 §12.5.5; RFC 9111 §5.2.2.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { markResponse } from '@tsgi/session'
 *
 * const response = markResponse(text('Hello'), { used: true, cookieChanged: true })
 * response.headers.get('vary') // => 'Cookie'
 * response.headers.get('cache-control') // => 'no-store'
 * ```
 */
export function markResponse(
  response: Response,
  { used, cookieChanged }: { readonly used: boolean; readonly cookieChanged: boolean },
): Response {
  const changes: { vary?: string; 'cache-control'?: string } = {}
  if (used) {
    const vary = fieldOf(response, 'vary')
    if (!/(^|,)\s*(\*|cookie)\s*(,|$)/i.test(vary)) changes.vary = vary === '' ? 'Cookie' : `${vary}, Cookie`
  }
  if (cookieChanged && !/(^|,)\s*(no-store|private)\s*(,|$)/i.test(fieldOf(response, 'cache-control'))) {
    changes['cache-control'] = 'no-store'
  }
  return Object.keys(changes).length === 0 ? response : withHeaders(response, changes)
}

/** A header field's value, `''` where there is none: without a `Headers`, where the response was made without one. */
function fieldOf(response: Response, name: string): string {
  const plain = plainParts(response)
  if (plain === undefined) return response.headers.get(name) ?? ''
  return plain.headers.filter((_, at, fields) => at % 2 === 1 && fields[at - 1] === name).join(', ')
}
