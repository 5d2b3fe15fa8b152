import { normalizePath } from '../http/path.ts'
import { HttpError } from '../response/http-error.ts'

/** A request target, split into its parts. */
export interface RequestTarget {
  /** The normalized path: starts with `/`, or is `''` for the asterisk-form. */
  readonly path: string
  /** The query without its `?`. */
  readonly query: string
  /** The scheme and authority of an absolute-form. They take precedence over `Host` (RFC 9112 §3.2.2). */
  readonly absolute: { readonly scheme: string; readonly authority: string } | undefined
}

/**
 * A path that the URL Standard does not change: no segment starts with a dot, so none is `.` or `..`. A segment does not
 * match the `/` that starts the next one, so the expression never backtracks.
 */
const CLEAN_PATH = /^(?:\/(?!\.|%2e)[\w\-.~!$&'()*+,;=:@%]*)+$/i
/** A query that the URL Standard does not change: printable ASCII without `"`, `#`, `'`, `<` and `>`. */
const CLEAN_QUERY = /^[!$-&(-;=?-~]*$/

/**
 * Parses a request target and normalizes its path, so that equivalent paths reach the same route: dot segments are
 * removed, characters that a URL must encode are percent-encoded, hexadecimal digits are in upper case, and unreserved
 * characters are decoded. `%2F` stays encoded.
 *
 * Source: RFC 9112 §3.2, except for the authority-form, which belongs to `CONNECT`; RFC 3986 §6.2.2.
 *
 * @throws HttpError 400 if the target is malformed, or contains a fragment, a backslash in its path, or anything but
 *   visible ASCII. RFC 9112 §3.2 warns against repairing those.
 *
 * @example
 * ```ts
 * import { parseTarget } from '@tsgi/core/gateway'
 *
 * parseTarget('GET', '/a/../b?c=d') // => { path: '/b', query: 'c=d', absolute: undefined }
 * parseTarget('GET', '/%63af%c3%a9').path // => '/caf%C3%A9'
 * parseTarget('OPTIONS', '*').path // => ''
 * parseTarget('GET', 'http://example.org').absolute // => { scheme: 'http', authority: 'example.org' }
 * ```
 */
export function parseTarget(method: string, target: string): RequestTarget {
  if (target.charCodeAt(0) === SLASH) return parseOriginForm(target, undefined)
  if (target === '*' && method === 'OPTIONS') return { path: '', query: '', absolute: undefined }
  const [, scheme, authority, rest] = /^(https?):\/\/([^/?#]*)(.*)$/is.exec(target) ?? []
  if (scheme === undefined || authority === undefined || rest === undefined) {
    throw new HttpError(400, 'The request target is neither a path nor an http URL.')
  }
  const absolute = { scheme: scheme.toLowerCase(), authority }
  // RFC 9112 §3.2.4: to a proxy, the asterisk-form is an absolute-form without a path.
  if (rest === '') return { path: method === 'OPTIONS' ? '' : '/', query: '', absolute }
  return parseOriginForm(rest.startsWith('/') ? rest : `/${rest}`, absolute)
}

function parseOriginForm(target: string, absolute: RequestTarget['absolute']): RequestTarget {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark + 1)
  if (CLEAN_PATH.test(path) && CLEAN_QUERY.test(query)) {
    return { path: path.includes('%') ? normalizePath(path) : path, query, absolute }
  }
  if (!/^[!-~]+$/.test(target)) {
    throw new HttpError(400, 'The request target contains a character that must be percent-encoded.')
  }
  if (target.includes('#')) throw new HttpError(400, 'The request target contains a fragment.')
  if (path.includes('\\')) throw new HttpError(400, 'The path contains a backslash.')
  // Not relative to a base: a path that starts with `//` would be another host.
  const url = new URL(`http://localhost${target}`)
  return { path: normalizePath(url.pathname), query: url.search.slice(1), absolute }
}

const SLASH = 0x2f
