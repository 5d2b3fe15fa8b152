import type { Application } from '@tsgi/core'
import type { WsgiApplication } from '../contract/types.ts'
import { WsgiRun } from './wsgi-run.ts'

/**
 * A callable in the shape of PEP 3333, `(environ, startResponse) => blocks`, as an application.
 *
 * It is the server's side of the PEP, whole: the head is held until the first block that is not empty; the iterable is
 * asked for a block only when the client has room for it, and is closed however the request ends; no more is sent
 * than `Content-Length` says. A body without a `Content-Type` is sent as `application/octet-stream`.
 *
 * Beyond the PEP's, the environ has `tsgi.signal`, `tsgi.wait_until`, and each key that middleware outside has added,
 * as `tsgi.session`.
 *
 * Source: PEP 3333, "Specification Details".
 *
 * @throws TypeError where the callable is none. The application throws what the callable throws, and an error where it
 *   breaks the PEP before anything is sent; afterwards that error cuts the response off.
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
  if (typeof app !== 'function') throw new TypeError(`wsgi: app must be a function, got ${typeof app}`)
  return function wsgiApplication(environ) {
    return new WsgiRun(app, environ).response
  }
}
