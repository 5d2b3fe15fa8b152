import type { Application } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import type { WsgiApplication } from '../contract/types.ts'
import { WsgiRun } from './wsgi-run.ts'

/**
 * Turns a WSGI application, `(environ, startResponse) => blocks`, into a TSGI application.
 *
 * Implements the whole server side of PEP 3333: sends nothing before the first non-empty block, requests a block only when
 * the client is ready for it, closes the iterable however the request ends, and never sends more than `Content-Length`. A
 * body without `Content-Type` is sent as `application/octet-stream`.
 *
 * The environ also has `tsgi.signal`, `tsgi.wait_until`, and every key that outer middleware has added, such as
 * `tsgi.session`.
 *
 * If the WSGI application throws or violates PEP 3333, the error is thrown if nothing has been sent; otherwise, the response
 * is cut off.
 *
 * Source: PEP 3333, "Specification Details".
 *
 * @throws TypeError if `app` is not a function.
 *
 * @example
 * ```ts
 * import { b, wsgi } from '@tsgi/wsgi'
 * import { client } from '@tsgi/core/testing'
 *
 * const application = wsgi((environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/html']])
 *   return [b`<h1>Hello world</h1>`]
 * })
 * const response = await client(application).get('/')
 * await response.text() // => '<h1>Hello world</h1>'
 * ```
 */
export function wsgi(app: WsgiApplication): Application {
  if (typeof app !== 'function') throw new TypeError(`wsgi: app must be a function, got ${describe(app)}`)
  return function wsgiApplication(environ) {
    return new WsgiRun(app, environ).response
  }
}
