/** Which data each template takes: its name, and the type of its data, which is an object. */
export type Views<V> = { readonly [N in keyof V]: object }

/** Any name, with any data. */
export type AnyViews = Readonly<Record<string, object>>

/**
 * Renders a template into a response of `text/html; charset=utf-8`.
 *
 * The data can be left out where the template's type allows `{}`. `init` is that of a `Response`.
 *
 * @throws TemplateError where the name is not allowed, there is no such template, or it does not compile or fails.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { client } from '@tsgi/core/testing'
 * import { type Render, templates } from '@tsgi/templates'
 *
 * interface Views {
 *   missing: { path: string }
 * }
 * const missing = (render: Render<Views>, path: string) => render('missing', { path }, { status: 404 })
 *
 * const root = await mkdtemp(join(tmpdir(), 'views-'))
 * await writeFile(join(root, 'missing.eta'), 'Nothing at <%= it.path %>')
 *
 * const application = templates<Views>({ root })(({ render, pathInfo }) => missing(render, pathInfo))
 * const response = await client(application).get('/here')
 * response.status // => 404
 * await response.text() // => 'Nothing at /here'
 * ```
 */
export type Render<V extends Views<V> = AnyViews, R = Response> = <N extends keyof V & string>(
  name: N,
  ...rest: object extends V[N] ? [data?: V[N], init?: ResponseInit] : [data: V[N], init?: ResponseInit]
) => R
