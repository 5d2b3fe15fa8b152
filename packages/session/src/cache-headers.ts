import { withHeaders } from '@tsgi/core'
import { plainParts } from '@tsgi/core/gateway'

/**
 * Adds the header fields that caches need: `Vary: Cookie` if the session was used, and `Cache-Control: no-store` if its
 * cookie was set or deleted, unless the response already has `no-store` or `private`.
 *
 * Source: RFC 9110 §12.5.5; RFC 9111 §5.2.2.
 */
export function withCacheHeaders(
  response: Response,
  { isUsed, setsCookie }: { readonly isUsed: boolean; readonly setsCookie: boolean },
): Response {
  const changes: { vary?: string; 'cache-control'?: string } = {}
  if (isUsed) {
    const vary = fieldOf(response, 'vary')
    if (!/(^|,)\s*(\*|cookie)\s*(,|$)/i.test(vary)) changes.vary = vary === '' ? 'Cookie' : `${vary}, Cookie`
  }
  if (setsCookie && !/(^|,)\s*(no-store|private)\s*(,|$)/i.test(fieldOf(response, 'cache-control'))) {
    changes['cache-control'] = 'no-store'
  }
  return Object.keys(changes).length === 0 ? response : withHeaders(response, changes)
}

/** Returns the value of a header field, `''` if there is none. Does not create a `Headers` object unnecessarily. */
function fieldOf(response: Response, name: string): string {
  const plain = plainParts(response)
  if (plain === undefined) return response.headers.get(name) ?? ''
  return plain.headers.filter((_, at, fields) => at % 2 === 1 && fields[at - 1] === name).join(', ')
}
