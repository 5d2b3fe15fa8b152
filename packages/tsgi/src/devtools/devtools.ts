/**
 * Shows how an application handles its requests, during development: `tsgi/devtools`.
 */
import type { Application, Environ, Middleware } from '@tsgi/core'
import { observeLayers } from '@tsgi/core/gateway'
import { createPage } from './page/page.ts'
import { devtoolsPath } from './page/path.ts'
import { Recorder } from './record/recorder.ts'
import { observeLayer } from './record/recording.ts'

/**
 * Serves a page at `/__tsgi` that shows the latest requests, the layers that each has passed through and the time that each
 * took, the keys that layers have added to the environ, the routes, and the latest errors. `tsgi dev` uses it.
 *
 * It sees the layers of stacks, mounts and routers that are made after this call: import the application afterwards. The page
 * is only available to a browser on the same machine, and shows no values of header fields, cookies, sessions or bodies.
 *
 * @throws Error if `NODE_ENV` is `production`.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { devtools } from 'tsgi/devtools'
 *
 * const web = client(devtools()(() => text('Hello')))
 * await web.get('/greeting')
 * const page = await web.get('/__tsgi')
 * const html = await page.text()
 * html.includes('/greeting') // => true
 * ```
 */
export function devtools(): Middleware {
  if (process.env.NODE_ENV === 'production') {
    throw new Error(
      "devtools: it shows the inside of an application, but NODE_ENV is 'production'. Remove devtools() there",
    )
  }
  observeLayers(observeLayer)
  return function devtools<E extends object>(app: Application<E>): Application<E> {
    const recorder = new Recorder()
    const page = createPage(recorder, app)
    const shown: Application<E> = function devtools(environ: Environ & E) {
      const { pathInfo } = environ
      if (pathInfo === devtoolsPath || pathInfo.startsWith(`${devtoolsPath}/`)) return page(environ)
      return recorder.record(app as Application, environ)
    }
    // Keep `routes()`.
    return Object.assign(shown, app)
  }
}
