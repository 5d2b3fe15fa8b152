/** Receives reports of problems. */
export interface ErrorLog {
  /**
   * Reports a problem: an `Error`, which is logged with its stack and causes, or a line of text. `environ.errors` adds the
   * request that it belongs to.
   */
  write(problem: unknown, request?: ReportedRequest): void
}

/** The request that a problem belongs to. */
export interface ReportedRequest {
  readonly method: string
  /** The whole path, without the query, which may contain secrets. */
  readonly path: string
  /** The pattern of the route that matched. */
  readonly route: string | undefined
  /** The request's id: `environ.requestId`, if a middleware provides it, or the gateway's own. */
  readonly requestId: string | undefined
}

/** The members of an environ that {@link reportedRequest} reads. */
interface Requested {
  readonly method: string
  readonly scriptName: string
  readonly pathInfo: string
  readonly route: string | undefined
  readonly requestId?: unknown
}

/** Returns the parts of a request that a report names. */
export function reportedRequest(environ: Requested, gatewayId?: string): ReportedRequest {
  const { method, scriptName, pathInfo, route, requestId } = environ
  return {
    method,
    path: scriptName + pathInfo,
    route,
    requestId: typeof requestId === 'string' ? requestId : gatewayId,
  }
}

/**
 * Returns the line that a report begins with.
 *
 * @example
 * ```ts
 * import { requestLine } from '@tsgi/core/gateway'
 *
 * const request = { method: 'GET', path: '/users/7', route: '/users/:id', requestId: '4f3a' }
 * requestLine(request) // => 'GET /users/7 (/users/:id, request 4f3a)'
 * ```
 */
export function requestLine({ method, path, route, requestId }: ReportedRequest): string {
  const details = [route, requestId && `request ${requestId}`].filter(Boolean)
  return details.length === 0 ? `${method} ${path}` : `${method} ${path} (${details.join(', ')})`
}
