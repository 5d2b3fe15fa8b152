import type { Application } from '@tsgi/core'
import type { ServeOptions } from './serve-options.ts'
import { type Server, startServers } from './start-servers.ts'

/**
 * Serves an application over HTTP/1.1, and over HTTP/2 where there is TLS. Resolves when it listens.
 *
 * `gateway.native` is Node's `{ incoming, outgoing }`; on a uwsgi address it is what `@tsgi/uwsgi` says.
 *
 * @throws TypeError (by rejection) where an option is not what it should be, naming it; Node's error where an address
 *   cannot be listened on, after what was opened has been closed.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { serve } from '@tsgi/server'
 *
 * const server = await serve(() => text('Hello world'), { listen: 'http://127.0.0.1:0' })
 * const response = await fetch(server.addresses[0]!)
 * await response.text() // => 'Hello world'
 * await server.close()
 * ```
 */
export function serve(app: Application, options: ServeOptions = {}): Promise<Server> {
  return startServers(app, options)
}
