import type { Application } from '@tsgi/core'
import {
  createHandler,
  type Incoming,
  type ListenerOptions,
  listenerSettings,
  type Outgoing,
} from '../http/handler.ts'

/**
 * The application as a request listener of any Node server: `http.createServer`, `https.createServer`, `http2.createSecureServer`, or a mount in
 * Connect or Express, whose prefix becomes `scriptName`.
 *
 * The server it is given to keeps its own parser limits and timeouts, and answers `Expect: 100-continue` itself.
 * `gateway.native` is `{ incoming, outgoing }`.
 *
 * @throws TypeError where an option is not what it should be, naming it.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { text } from '@tsgi/core'
 * import { toNodeListener } from '@tsgi/server'
 *
 * const server = createServer(toNodeListener(({ pathInfo }) => text(pathInfo)))
 * await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
 * const { port } = server.address() as { port: number }
 *
 * const response = await fetch(`http://127.0.0.1:${port}/hello`)
 * await response.text() // => '/hello'
 * server.close()
 * ```
 */
export function toNodeListener(
  app: Application,
  options: ListenerOptions = {},
): (incoming: Incoming, outgoing: Outgoing) => void {
  const settings = listenerSettings(app, options, 'toNodeListener', () => {})
  const handle = createHandler(app, settings)
  // Two parameters: Express passes a third.
  return function tsgiListener(incoming, outgoing) {
    handle(incoming, outgoing, false)
  }
}
