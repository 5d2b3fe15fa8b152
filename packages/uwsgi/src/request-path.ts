import { HttpError } from '@tsgi/core'
import { parseTarget } from '@tsgi/core/gateway'

/** What a request's path and query are, and whom an absolute-form names. */
export interface RequestPath {
  readonly scriptName: string
  readonly pathInfo: string
  readonly queryString: string
  /** The authority of an absolute-form, which goes before the Host field (RFC 9112 §3.2.2). */
  readonly authority: string | undefined
}

/** The variables that say the path. */
export interface PathVariables {
  readonly method: string
  /** The target as the client sent it, and so with its percent-encoding; `''` where the front end sends none. */
  readonly requestUri: string
  readonly scriptName: string
  /** Decoded by the front end. */
  readonly pathInfo: string
  readonly queryString: string
  /** Whether `PATH_INFO` begins with `SCRIPT_NAME`, which CGI has apart (modifier 30). */
  readonly isPathWhole: boolean
}

/**
 * Divides the path into what a mount in the front end has consumed and the rest.
 *
 * The path is that of `REQUEST_URI`, whose percent-encoding tells `%2F` from `/`; its first segments are `SCRIPT_NAME`.
 * Where there is no `REQUEST_URI`, or it is not below `SCRIPT_NAME` because the front end has rewritten the path, it is
 * `PATH_INFO`, encoded again.
 *
 * Source: RFC 3875 §4.1.5 and §4.1.13; RFC 9112 §3.2.
 *
 * @throws HttpError 400 where there is no path, or it is malformed.
 */
export function requestPath(variables: PathVariables): RequestPath {
  const { method, requestUri, pathInfo, queryString } = variables
  const mount = variables.scriptName.replace(/\/+$/, '')
  if (mount !== '' && !mount.startsWith('/'))
    throw new HttpError(400, 'SCRIPT_NAME does not begin with a slash.')
  if (requestUri !== '') {
    const { path, query, absolute } = parseTarget(method, requestUri)
    const authority = absolute?.authority
    if (path === '') return { scriptName: '', pathInfo: '', queryString: '', authority }
    const length = mountLength(path, mount)
    if (length !== undefined) {
      return {
        scriptName: path.slice(0, length),
        pathInfo: path.slice(length),
        queryString: query,
        authority,
      }
    }
  }
  const rest = variables.isPathWhole && below(pathInfo, mount) ? pathInfo.slice(mount.length) : pathInfo
  if (rest !== '' && !rest.startsWith('/')) throw new HttpError(400, 'PATH_INFO does not begin with a slash.')
  const query = queryString === '' ? '' : `?${queryString}`
  const target = parseTarget(method, `${rest === '' ? '/' : encodePath(rest)}${query}`)
  // Of dot segments a slash may be left.
  const scriptName = mount === '' ? '' : parseTarget(method, encodePath(mount)).path.replace(/\/+$/, '')
  if (scriptName === '' && rest === '') throw new HttpError(400, 'The request has no path.')
  return {
    scriptName,
    pathInfo: rest === '' ? '' : target.path,
    queryString: target.query,
    authority: undefined,
  }
}

/**
 * How much of the path is the mount, which came decoded; undefined where the path is not below it. Slashes that a
 * front end merges before it compares may stand before each segment.
 */
function mountLength(path: string, mount: string): number | undefined {
  let at = 0
  for (const segment of mount.split('/').filter((segment) => segment !== '')) {
    while (path[at] === '/' && path[at + 1] === '/') at++
    const end = path.indexOf('/', at + 1)
    const next = end === -1 ? path.length : end
    if (decodeBytes(path.slice(at + 1, next)) !== segment) return undefined
    at = next
  }
  return at
}

function below(path: string, mount: string): boolean {
  return path === mount || path.startsWith(`${mount}/`)
}

/** Percent-decoded, a character for each byte: as CGI variables have it. */
export function decodeBytes(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Percent-encodes what a path may not hold (RFC 3986 §3.3): the opposite of {@link decodeBytes}. */
function encodePath(bytes: string): string {
  return bytes.replace(
    /[^\w\-.~!$&'()*+,;=:@/]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
