import { HttpError } from '../response/http-error.ts'

/** What a request target says: where, and with an absolute-form also of whom. */
export interface RequestTarget {
  /** The path as the URL Standard writes it: begins with `/`, or is `''` for the asterisk-form. */
  readonly path: string
  /** The query without its `?`. */
  readonly query: string
  /** The scheme and authority of an absolute-form; they go before the Host field (RFC 9112 §3.2.2). */
  readonly absolute: { readonly scheme: string; readonly authority: string } | undefined
}

/**
 * A path that the URL Standard leaves as it is: no segment that begins with a dot, so none that is `.` or `..`.
 * A segment never holds the `/` that begins the next, so no input makes the expression go back.
 */
const CLEAN_PATH = /^(?:\/(?!\.|%2e)[\w\-.~!$&'()*+,;=:@%]*)+$/i
/** A query that the URL Standard leaves as it is: printable ASCII but `"`, `#`, `'`, `<` and `>`. */
const CLEAN_QUERY = /^[!$-&(-;=?-~]*$/

/**
 * Divides a request target. Dot segments are removed and characters that a URL may not hold are percent-encoded, as
 * the URL Standard does, so that the path an application sees is that of `request.url`: no guard on one can be passed
 * by the other.
 *
 * Source: RFC 9112 §3.2; its four forms, less the authority-form, which belongs to `CONNECT`.
 *
 * @throws HttpError 400 where the target has none of the forms, or holds a fragment, a backslash in its path, or
 *   anything but visible ASCII: RFC 9112 §3.2 warns of repairing those.
 *
 * @example
 * ```ts
 * import { parseTarget } from '@tsgi/core/gateway'
 *
 * parseTarget('GET', '/a/../b?c=d') // => { path: '/b', query: 'c=d', absolute: undefined }
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
  // RFC 9112 §3.2.4: an absolute-form without a path is how a proxy is told of the asterisk-form.
  if (rest === '') return { path: method === 'OPTIONS' ? '' : '/', query: '', absolute }
  return parseOriginForm(rest.startsWith('/') ? rest : `/${rest}`, absolute)
}

function parseOriginForm(target: string, absolute: RequestTarget['absolute']): RequestTarget {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark + 1)
  if (CLEAN_PATH.test(path) && CLEAN_QUERY.test(query)) return { path, query, absolute }
  if (!/^[!-~]+$/.test(target)) {
    throw new HttpError(400, 'The request target holds a character that must be percent-encoded.')
  }
  if (target.includes('#')) throw new HttpError(400, 'The request target holds a fragment.')
  if (path.includes('\\')) throw new HttpError(400, 'The path holds a backslash.')
  // Not relative to a base: a path that begins with `//` would be taken for another host.
  const url = new URL(`http://localhost${target}`)
  return { path: url.pathname, query: url.search.slice(1), absolute }
}

const SLASH = 0x2f
