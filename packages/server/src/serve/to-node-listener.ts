import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Application, CompleteApplication } from '@tsgi/core'
import { checkOptions } from '@tsgi/core/options'
import { createHttp1Handler } from '../http/http1/http1-handler.ts'
import { createHttp2Handler } from '../http/http2/http2-handler.ts'
import { type ListenerOptions, listenerOptionNames, listenerSettings } from '../http/settings.ts'

/** Node's objects for a request and its response. */
type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

/**
 * Returns a request listener for any Node server: `http.createServer`, `https.createServer`, `http2.createSecureServer`, or
 * a mount in Connect or Express, whose prefix becomes `scriptName`.
 *
 * The other server keeps its own parser limits and timeouts, and handles `Expect: 100-continue` itself.
 * `environ.gateway.native` is Node's `{ incoming, outgoing }`, and undefined once a WebSocket is open.
 *
 * @throws TypeError if an option is unknown or invalid.
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
export function toNodeListener<E extends object = object>(
  application: CompleteApplication<E>,
  options: ListenerOptions = {},
): (incoming: Incoming, outgoing: Outgoing) => void {
  checkOptions('toNodeListener', options, listenerOptionNames)
  const app = application as Application
  const settings = listenerSettings('toNodeListener', app, options)
  const http1 = createHttp1Handler(app, settings)
  const http2 = createHttp2Handler(app, settings)
  // Declare only two parameters: Express passes a third.
  return function tsgiListener(incoming, outgoing) {
    if ('stream' in incoming) http2(incoming, outgoing as Http2ServerResponse, false)
    else http1(incoming, outgoing as ServerResponse)
  }
}
