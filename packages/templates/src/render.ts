/**
 * The constraint on the type argument of `templates`: an interface or type that maps each template's name to the
 * type of its data, which must be an object.
 */
export type TemplateViews<V> = { readonly [Name in keyof V]: object }

/**
 * The type of `environ.render`: renders a template and returns a `text/html; charset=utf-8` response.
 *
 * The data can be left out if the type of the template's data allows `{}`. `init` is the same as for a `Response`.
 *
 * @throws TemplateError if the name is not allowed, there is no such template, or it does not compile or fails.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { client } from '@tsgi/core/testing'
 * import { type RenderTemplate, templates } from '@tsgi/templates'
 *
 * interface Views {
 *   missing: { path: string }
 * }
 * const notFound = (render: RenderTemplate<Views>, path: string) => render('missing', { path }, { status: 404 })
 *
 * const root = await mkdtemp(join(tmpdir(), 'views-'))
 * await writeFile(join(root, 'missing.eta'), 'Nothing at <%= it.path %>')
 *
 * const application = templates<Views>({ root })(({ render, pathInfo }) => notFound(render, pathInfo))
 * const response = await client(application).get('/here')
 * response.status // => 404
 * await response.text() // => 'Nothing at /here'
 * ```
 */
export type RenderTemplate<
  V extends TemplateViews<V> = Readonly<Record<string, object>>,
  Result = Response,
> = <N extends keyof V & string>(
  name: N,
  ...rest: object extends V[N] ? [data?: V[N], init?: ResponseInit] : [data: V[N], init?: ResponseInit]
) => Result
