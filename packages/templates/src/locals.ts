import { type Environ, extend, type Middleware } from '@tsgi/core'

/** An environ that has a `render`, whatever its templates are. */
export interface Rendering {
  readonly render: (...args: never[]) => Response | Promise<Response>
}

/**
 * Data that every template sees beside its own: the visitor who is signed in, the path, a token for forms. It stands
 * inside {@link templates}, and may stand there more than once; `values` is called for each rendering, and what it
 * needs of the environ is what this middleware requires. A key of the template's own data goes before a shared one.
 *
 * @throws TypeError where `values` is not a function.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { stack } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { shared, templates } from '@tsgi/templates'
 *
 * const root = await mkdtemp(join(tmpdir(), 'views-'))
 * await writeFile(join(root, 'home.eta'), '<%= it.greeting %> from <%= it.path %>')
 *
 * const web = stack(templates({ root }), shared(({ pathInfo }) => ({ path: pathInfo })))
 * const response = await client(web(({ render }) => render('home', { greeting: 'Hello' }))).get('/here')
 * await response.text() // => 'Hello from /here'
 * ```
 */
export function shared<E extends object = object>(
  values: (environ: Environ & E) => object,
): Middleware<object, Omit<E, keyof Environ> & Rendering> {
  if (typeof values !== 'function') {
    throw new TypeError('shared: values must be a function that takes the environ and returns data')
  }
  return (app) =>
    function shared(environ) {
      // What `values` needs is there: the keys left out of the requirement are those of every environ.
      const render = environ.render as (name: string, data?: object, init?: ResponseInit) => Response
      const renderShared: typeof render = (name, data, init) =>
        render(name, { ...values(environ as unknown as Environ & E), ...data }, init)
      return app(extend(environ, { render: renderShared }))
    }
}
