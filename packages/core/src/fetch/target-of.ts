import { normalizeAuthority } from '../http/authority.ts'

/** Returns the URL of a request; undefined if it is not an HTTP URL, or the host is invalid. */
export function targetOf({ url, headers }: Request): URL | undefined {
  // On Bun, a request with an invalid host has a relative URL.
  const target = URL.parse(url)
  if (target === null || !/^https?:$/.test(target.protocol)) return undefined
  // On Deno and Workers, the host of the URL ends at the first slash of an invalid field.
  const field = headers.get('host') ?? target.host
  const scheme = target.protocol === 'https:' ? 'https' : 'http'
  const isValid = [target.host, field].every((host) => normalizeAuthority(scheme, host) !== undefined)
  return isValid ? target : undefined
}
