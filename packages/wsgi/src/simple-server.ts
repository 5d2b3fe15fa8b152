/**
 * Python's `wsgiref.simple_server` over this project's own server: `@tsgi/wsgi/simple-server`.
 */
import { type Server, serve } from '@tsgi/server'
import type { WsgiApplication } from './contract/types.ts'
import { wsgi } from './wsgi/wsgi.ts'

/** A server of one WSGI application, made by {@link makeServer}. */
export interface SimpleServer {
  /** Serves until {@link SimpleServer.shutdown}. Rejects where the address cannot be listened on. */
  serveForever(): Promise<void>
  /** Stops serving: the requests in flight are finished. */
  shutdown(): Promise<void>
  /** Where it listens, as `http://127.0.0.1:8000`, once it does. */
  readonly address: Promise<string>
}

/**
 * A server of a WSGI application, as Python's `make_server`: three lines are a running program. What it runs on is
 * `serve` of `@tsgi/server`, which has the options that this has not.
 *
 * Source: Python's `wsgiref.simple_server`.
 *
 * @param host The name or address to listen on; `''` is every interface.
 * @param port The port; 0 takes a free one.
 * @throws TypeError where an argument is not what it should be.
 *
 * @example
 * ```ts
 * import { makeServer } from '@tsgi/wsgi/simple-server'
 * import { b } from '@tsgi/wsgi'
 *
 * const server = makeServer('127.0.0.1', 0, (environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/html']])
 *   return [b`<h1>Hello world</h1>`]
 * })
 * const served = server.serveForever()
 * const response = await fetch(await server.address)
 * await response.text() // => '<h1>Hello world</h1>'
 * await server.shutdown()
 * await served
 * ```
 */
export function makeServer(host: string, port: number, app: WsgiApplication): SimpleServer {
  if (typeof host !== 'string' || /[/?#@\\\s]/.test(host)) {
    throw new TypeError(`makeServer: host must be a name, an address or '', got ${JSON.stringify(host)}`)
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`makeServer: port must be a whole number from 0 to 65535, got ${String(port)}`)
  }
  if (typeof app !== 'function') {
    throw new TypeError(`makeServer: app must be a WSGI application, got ${typeof app}`)
  }
  const authority = host.includes(':') ? `[${host}]` : host
  const listen = host === '' ? `:${port}` : `http://${authority}:${port}`
  const started = Promise.withResolvers<Server>()
  const stopped = Promise.withResolvers<void>()
  const address = started.promise.then((server) => server.addresses[0]!)
  // Who waits for neither learns of a failure from `serveForever`.
  address.catch(() => {})
  let state: 'made' | 'serving' | 'stopped' = 'made'

  return {
    address,
    async serveForever() {
      if (state !== 'made') throw new Error('makeServer: a server can serve once')
      state = 'serving'
      started.resolve(serve(wsgi(app), { listen }))
      await started.promise
      await stopped.promise
    },
    async shutdown() {
      if (state === 'serving') await (await started.promise).close()
      state = 'stopped'
      stopped.resolve()
    },
  }
}
