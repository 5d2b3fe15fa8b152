import { type Application, type Environ, empty, text } from '@tsgi/core'

/** Whether the process is ready for requests. */
export interface Health {
  ready: boolean
}

/**
 * Responds to requests for `path` instead of the application: 200 while the process is ready, then 503, so that load
 * balancers send requests to other servers.
 */
export function healthCheck(app: Application, path: string, health: Health): Application {
  return function tsgiHealth(environ: Environ) {
    if (environ.pathInfo !== path) return app(environ)
    const headers = { 'cache-control': 'no-store' }
    if (environ.method !== 'GET' && environ.method !== 'HEAD') {
      return empty(405, { headers: { ...headers, allow: 'GET, HEAD' } })
    }
    return health.ready
      ? text('ready\n', { headers })
      : text('stopping\n', { status: 503, headers: { ...headers, 'retry-after': '1' } })
  }
}
