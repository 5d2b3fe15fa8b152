import { withHeaders } from '@tsgi/core'

/**
 * Adds the headers that caches need: `Vary: Cookie` if the session was used, and `Cache-Control: no-store` if its
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
    const vary = response.headers.get('vary') ?? ''
    if (!/(^|,)[\t ]*(\*|cookie)[\t ]*(,|$)/i.test(vary))
      changes.vary = vary === '' ? 'Cookie' : `${vary}, Cookie`
  }
  if (
    setsCookie &&
    !/(^|,)[\t ]*(no-store|private)[\t ]*(,|$)/i.test(response.headers.get('cache-control') ?? '')
  ) {
    changes['cache-control'] = 'no-store'
  }
  return Object.keys(changes).length === 0 ? response : withHeaders(response, changes)
}
