import type { Environ } from '@tsgi/core'
import { normalizePath } from '@tsgi/core/gateway'
import type { Settings } from './options.ts'

/** Returns the key of a request; undefined if it bypasses the cache. */
export function keyOf({ key }: Settings, environ: Environ): string | undefined {
  const url = urlOf(environ)
  return key === undefined ? url : checked(key(new URL(url)))
}

/** Returns the key of another URL; undefined if there is none. */
export function keyOfUrl({ key }: Settings, url: URL): string | undefined {
  // The same form as that of a request.
  const plain = `${url.protocol}//${url.host}${normalizePath(url.pathname)}${url.search}`
  return key === undefined ? plain : checked(key(new URL(plain)))
}

/** Returns the target URI of a request (RFC 9110 §7.1), however the application is mounted. */
export function urlOf({ scheme, host, scriptName, pathInfo, queryString }: Environ): string {
  const query = queryString === '' ? '' : `?${queryString}`
  return `${scheme}://${host}${scriptName}${pathInfo}${query}`
}

function checked(key: unknown): string | undefined {
  if (key === undefined || typeof key === 'string') return key
  throw new TypeError('responseCache: key must return text or undefined')
}
