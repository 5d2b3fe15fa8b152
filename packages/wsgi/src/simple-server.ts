/** A server for WSGI applications, as in Python's `wsgiref.simple_server`. */
import { describe } from '@tsgi/core/options'
import { type Server, serve } from '@tsgi/server'
import type { WsgiApplication } from './contract/types.ts'
import { wsgi } from './wsgi/wsgi.ts'

/** A server created by {@link makeServer}. */
export interface SimpleServer {
  /** Serves until `shutdown` is called. Rejects if the server cannot listen. */
  serveForever(): Promise<void>
  /** Stops the server after it has finished the requests in flight. */
  shutdown(): Promise<void>
  /** Resolves to the address, such as `http://127.0.0.1:8000`, once the server listens. */
  readonly address: Promise<string>
}

/**
 * Creates a server for a WSGI application, like Python's `make_server`. It runs on `serve` of `@tsgi/server`; use that
 * function directly if you need options.
 *
 * Source: Python's `wsgiref.simple_server`.
 *
 * @param host The name or address to listen on; `''` means all interfaces.
 * @param port The port; 0 selects a free one.
 * @throws TypeError if an argument is invalid.
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
    throw new TypeError(`makeServer: host must be a name, an address or '', got ${describe(host)}`)
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`makeServer: port must be a whole number from 0 to 65535, got ${describe(port)}`)
  }
  if (typeof app !== 'function') {
    throw new TypeError(`makeServer: app must be a function, got ${describe(app)}`)
  }
  const authority = host.includes(':') ? `[${host}]` : host
  const listen = host === '' ? `:${port}` : `http://${authority}:${port}`
  const started = Promise.withResolvers<Server>()
  const stopped = Promise.withResolvers<void>()
  const address = started.promise.then((server) => server.addresses[0]!)
  // `serveForever` rejects as well; callers do not have to await both.
  address.catch(() => {})
  let state: 'new' | 'serving' | 'stopped' = 'new'

  return {
    address,
    async serveForever() {
      if (state !== 'new') throw new Error('makeServer: a server can serve only once')
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
