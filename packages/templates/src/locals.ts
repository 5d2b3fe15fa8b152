import { type Environ, extend, type Middleware } from '@tsgi/core'
import { describe } from '@tsgi/core/options'

/**
 * Adds data for every template, such as the signed-in user, the path or a form token. Place it after `templates` in the
 * stack. You can use it more than once.
 *
 * `values` is called with the environ for each rendering. The middleware requires the keys that the function takes from
 * the environ. The data passed to `render` takes precedence.
 *
 * @throws TypeError if `values` is not a function.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { stack } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { locals, templates } from '@tsgi/templates'
 *
 * const root = await mkdtemp(join(tmpdir(), 'views-'))
 * await writeFile(join(root, 'home.eta'), '<%= it.greeting %> from <%= it.path %>')
 *
 * const web = stack(templates({ root }), locals(({ pathInfo }) => ({ path: pathInfo })))
 * const response = await client(web(({ render }) => render('home', { greeting: 'Hello' }))).get('/here')
 * await response.text() // => 'Hello from /here'
 * ```
 */
export function locals<E extends object = object>(
  values: (environ: Environ & E) => object & { readonly then?: never },
): Middleware<
  object,
  Omit<E, keyof Environ> & { readonly render: (...args: never[]) => Response | Promise<Response> }
> {
  if (typeof values !== 'function') {
    throw new TypeError(
      `locals: values must be a function that takes the environ and returns an object, got ${describe(values)}`,
    )
  }
  return (app) =>
    function locals(environ) {
      const render = environ.render as (name: string, data?: object, init?: ResponseInit) => Response
      const renderWithLocals: typeof render = (name, data, init) => {
        // `E` is satisfied: the requirement only leaves out the keys that every environ has.
        const own = values(environ as unknown as Environ & E)
        if (own instanceof Promise) {
          throw new TypeError('locals: the function must return an object, got a promise')
        }
        // Spreading a promise would add nothing; `templates` rejects it with a clear message.
        return render(name, data instanceof Promise ? data : { ...own, ...data }, init)
      }
      return app(extend(environ, { render: renderWithLocals }))
    }
}
