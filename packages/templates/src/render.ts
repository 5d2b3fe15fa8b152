/**
 * Which data each template takes: its name → the type of its data.
 */
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
 * import type { Render } from '@tsgi/templates'
 *
 * type Mail = Render<{ welcome: { name: string } }>
 * const send = (render: Mail) => render('welcome', { name: 'Ada' }, { status: 201 })
 *
 * send((name, data) => new Response(`${name}: ${data.name}`)).headers.has('content-type') // => true
 * ```
 */
export type Render<V extends Views<V> = AnyViews, R = Response> = <N extends keyof V & string>(
  name: N,
  ...rest: object extends V[N] ? [data?: V[N], init?: ResponseInit] : [data: V[N], init?: ResponseInit]
) => R
