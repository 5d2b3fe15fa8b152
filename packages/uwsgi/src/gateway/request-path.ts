import { HttpError } from '@tsgi/core'
import { decodePathBytes, encodePathBytes, parseTarget, trimTrailingSlashes } from '@tsgi/core/gateway'

/** The path and query of a request. */
export interface RequestPath {
  readonly scriptName: string
  readonly pathInfo: string
  readonly queryString: string
  /** The authority of a target in absolute form; it takes precedence over `Host` (RFC 9112 §3.2.2). */
  readonly authority: string | undefined
}

/** The variables that the path is built from. */
export interface PathVariables {
  readonly method: string
  /** The request target as the client sent it, percent-encoded; `''` if the front end does not send it. */
  readonly requestUri: string
  readonly scriptName: string
  /** Decoded by the front end. */
  readonly pathInfo: string
  readonly queryString: string
  /** Whether `PATH_INFO` includes `SCRIPT_NAME` (modifier 30). */
  readonly isPathWhole: boolean
}

/**
 * Splits the path into the prefix under which the front end has mounted the application, and the rest.
 *
 * The path comes from `REQUEST_URI`, because only the percent-encoded form distinguishes `%2F` from `/`. If there is no
 * `REQUEST_URI`, or it does not begin with `SCRIPT_NAME` because the front end has rewritten the path, the path comes
 * from `PATH_INFO` and is percent-encoded again.
 *
 * Source: RFC 3875 §4.1.5 and §4.1.13; RFC 9112 §3.2.
 *
 * @throws HttpError 400 if the path is missing or malformed.
 */
export function requestPath(variables: PathVariables): RequestPath {
  const { method, requestUri, pathInfo, queryString } = variables
  const mount = trimTrailingSlashes(variables.scriptName)
  if (mount !== '' && !mount.startsWith('/')) throw new HttpError(400, 'SCRIPT_NAME must begin with a slash.')
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
  if (rest !== '' && !rest.startsWith('/')) throw new HttpError(400, 'PATH_INFO must begin with a slash.')
  const query = queryString === '' ? '' : `?${queryString}`
  const target = parseTarget(method, `${rest === '' ? '/' : encodePathBytes(rest)}${query}`)
  // Resolving dot segments can leave a trailing slash.
  const scriptName = mount === '' ? '' : trimTrailingSlashes(parseTarget(method, encodePathBytes(mount)).path)
  if (scriptName === '' && rest === '') throw new HttpError(400, 'The request has no path.')
  return {
    scriptName,
    pathInfo: rest === '' ? '' : target.path,
    queryString: target.query,
    authority: undefined,
  }
}

/**
 * Returns the length of the prefix of `path` that decodes to `mount`, or undefined if the path is not below it. Skips
 * repeated slashes, which front ends merge before they compare.
 */
function mountLength(path: string, mount: string): number | undefined {
  let at = 0
  for (const segment of mount.split('/').filter((segment) => segment !== '')) {
    while (path[at] === '/' && path[at + 1] === '/') at++
    const end = path.indexOf('/', at + 1)
    const next = end === -1 ? path.length : end
    if (decodePathBytes(path.slice(at + 1, next)) !== segment) return undefined
    at = next
  }
  return at
}

function below(path: string, mount: string): boolean {
  return path === mount || path.startsWith(`${mount}/`)
}
