import { type Environ, preferredMediaType } from '@tsgi/core'

/** Reports whether a browser asks for a page: not for an asset, which has an ending, and not with `fetch`. */
export function isNavigation({ method, pathInfo, headers }: Environ): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  if (pathInfo.slice(pathInfo.lastIndexOf('/')).includes('.')) return false
  if (headers.get('sec-fetch-mode') === 'navigate') return true
  // `*/*` is for both, and the first offer wins.
  return preferredMediaType(headers.get('accept'), ['application/json', 'text/html']) === 'text/html'
}
