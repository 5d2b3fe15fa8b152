import { type Application, empty, json, text } from '@tsgi/core'
import type { GatewayLifecycle } from '@tsgi/core/gateway'
import { messageOf } from '@tsgi/core/options'
import { log, warn } from '../console/log.ts'

/** Whether the process is ready for requests. */
export class Health {
  /** Whether the process has not been told to stop. */
  ready = true
  lifecycle: GatewayLifecycle | undefined
  #failed = ''

  /** Returns the names of the resources that are not ready. Logs each change. */
  async failed(): Promise<readonly string[]> {
    const notReady = (await this.lifecycle?.ready()) ?? []
    const names = notReady.map(({ name }) => name)
    const failed = names.join(', ')
    if (failed !== this.#failed) {
      this.#failed = failed
      for (const { name, error } of notReady) warn(`not ready: ${name}: ${messageOf(error)}`)
      if (failed === '') log('all resources are ready again')
    }
    return names
  }
}

/**
 * Responds to requests for `path` instead of the application: 200 while the process and its resources are ready, then
 * 503, so that load balancers send requests to other servers.
 */
export function healthCheck(app: Application, path: string, health: Health): Application {
  const tsgiHealth: Application = (environ) => {
    if (environ.pathInfo !== path) return app(environ)
    if (environ.method !== 'GET' && environ.method !== 'HEAD') {
      return empty(405, { headers: { ...headers, allow: 'GET, HEAD' } })
    }
    return respond(health)
  }
  // Keep `routes()`.
  return Object.assign(tsgiHealth, app)
}

const headers = { 'cache-control': 'no-store' }
const unavailable = { status: 503, headers: { ...headers, 'retry-after': '1' } }

async function respond(health: Health): Promise<Response> {
  if (!health.ready) return text('stopping\n', unavailable)
  const failed = await health.failed()
  return failed.length === 0 ? text('ready\n', { headers }) : json({ failed }, unavailable)
}
