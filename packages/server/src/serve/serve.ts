import type { Application, CompleteApplication } from '@tsgi/core'
import type { ServeOptions } from './serve-options.ts'
import { type Server, startServers } from './start-servers.ts'

/**
 * Serves an application over HTTP/1.1, over HTTP/2 if TLS is configured, and over uwsgi. Resolves when it
 * is listening.
 *
 * `gateway.native` is Node's `{ incoming, outgoing }`, and undefined once a WebSocket is open; on a uwsgi address, it is
 * the `UwsgiNative` of `@tsgi/uwsgi`.
 *
 * @throws TypeError (by rejection) if an option is unknown or invalid; an error that names the resource if one of
 *   `lifecycle` cannot start; Node's error if the server cannot listen on an address. Everything else is closed first.
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
export function serve<E extends object = object>(
  app: CompleteApplication<E>,
  options: ServeOptions = {},
): Promise<Server> {
  return startServers(app as Application, options)
}
