import { parseCookie } from 'cookie'

/** What Chrome keeps for one site, more than any other browser; RFC 6265bis §6.1 asks browsers for at least 50. */
const MAX_PAIRS = 180

/**
 * The cookies of a `Cookie` field by name, in an object without a prototype. It never throws.
 *
 * Values are percent-decoded; one that does not decode is kept as it came. Of several cookies with one name the
 * first counts, which is the one with the longest path. After 180 pairs the rest is not read.
 *
 * Source: RFC 6265bis §4.2 and §5.8.3.
 *
 * @param header The field's value, `null` where the request has none.
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
  return Object.assign(Object.create(null), readCookies(header))
}

/** The same, in whatever object the parser made: no name is found in it but the client's. */
export function readCookies(header: string | null): Readonly<Record<string, string | undefined>> {
  return header === null ? NONE : parseCookie(bounded(header))
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
