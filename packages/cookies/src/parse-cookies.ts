import { parseCookie } from 'cookie'
import { isCookieName } from './cookie-name.ts'

/** The number of cookies that Chrome stores for one site, more than any other browser. RFC 6265bis §6.1 requires at least 50. */
const MAX_PAIRS = 180

/**
 * Parses a `Cookie` header field into an object without a prototype. It never throws.
 *
 * Percent-encoded values are decoded; a value with malformed percent-encoding is returned unchanged. If several cookies
 * have the same name, the first takes precedence, because it has the longest path. Everything after 180 pairs is ignored,
 * and so are names that no browser accepts.
 *
 * Source: RFC 6265bis §4.2 and §5.8.3.
 *
 * @param header The value of the field; `null` if the request has no such field.
 *
 * @example
 * ```ts
 * import { parseCookies } from '@tsgi/cookies'
 *
 * const { theme, note } = parseCookies('theme=dark; note=a%20b; theme=light')
 * theme // => 'dark'
 * note // => 'a b'
 * ```
 */
export function parseCookies(header: string | null): Readonly<Record<string, string>> {
  const cookies: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(readCookies(header))) {
    if (value !== undefined && isCookieName(name)) cookies[name] = value
  }
  return cookies
}

/** Like {@link parseCookies}, but faster: the object can contain names that no browser accepts. */
export function readCookies(header: string | null): Readonly<Record<string, string | undefined>> {
  return header === null ? NONE : parseCookie(bounded(header))
}

/** Returns all values of the cookies with one name, in the order in which they were sent. */
export function readValues(header: string, name: string): readonly string[] {
  return bounded(header)
    .split(';')
    .map((pair) => parseCookie(pair)[name])
    .filter((value) => value !== undefined)
}

const NONE = Object.freeze(Object.create(null))

function bounded(header: string): string {
  let end = -1
  for (let pairs = 0; pairs < MAX_PAIRS; pairs++) {
    end = header.indexOf(';', end + 1)
    if (end === -1) return header
  }
  return header.slice(0, end)
}
