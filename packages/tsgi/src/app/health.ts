import { type Application, type Environ, empty, text } from '@tsgi/core'

/** Whether a process is to be sent requests, told at a path of its own. */
export interface Health {
  ready: boolean
}

/**
 * Answers `path` in the application's place: 200 while the process is ready, then 503, so that a balancer sends what
 * comes next elsewhere. The path is the whole of it, percent-encoding as the client sends it.
 */
export function answerHealth(app: Application, path: string, health: Health): Application {
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
