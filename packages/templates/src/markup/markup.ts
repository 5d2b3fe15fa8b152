/**
 * HTML in tagged templates, escaped by default: `@tsgi/templates/markup`. Fragments can be nested and can contain
 * promises and async iterables. It needs no file system and generates no code, so it runs on every runtime.
 */
import { html, stream } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { Markup, type MarkupValue } from './fragment.ts'
import { FragmentStream } from './stream-fragment.ts'

export type { Markup, MarkupValue, SettledMarkupValue } from './fragment.ts'

/**
 * Creates a fragment of HTML. The text of the template is used unchanged. Each value in it is escaped, which makes it safe
 * between tags and inside a *quoted* attribute. Fragments are not escaped again; see {@link MarkupValue} for the other
 * values.
 *
 * Promises run in parallel. Iterables are read immediately, async iterables when their turn comes. A fragment without
 * async iterables can be used any number of times.
 *
 * Escaping does not make a value safe in an attribute without quotes, in the name of a tag or an attribute, in
 * `<script>`, `<style>` or an `on…` attribute, or as a URL whose scheme the client chose (`javascript:`).
 *
 * @throws TypeError if a value is not a {@link MarkupValue}, or if the function is not used as a template tag.
 *
 * @example
 * ```ts
 * import { markup } from '@tsgi/templates/markup'
 *
 * const names = ['Ada', '<Bob>']
 * const list = markup`<ul>${names.map((name) => markup`<li>${name}</li>`)}</ul>`
 *
 * String(list) // => '<ul><li>Ada</li><li>&lt;Bob&gt;</li></ul>'
 * String(markup`<p title="${'"'}">${null}${0}</p>`) // => '<p title="&quot;">0</p>'
 * ```
 */
export function markup(template: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  // If it were called as a function, with text or with an array parsed from JSON, that text would get through unescaped.
  if (!Array.isArray(template) || !Array.isArray(template.raw)) {
    throw new TypeError('markup: use it as a template tag, markup`…`, or use raw(text) for trusted HTML')
  }
  const fragment = new Markup()
  for (let index = 0; index < template.length; index++) {
    const html = template[index]
    if (html === undefined) throw new TypeError('markup: the template contains an invalid escape sequence')
    Markup.appendHtml(fragment, html)
    if (index < values.length) Markup.append(fragment, values[index])
  }
  return fragment
}

/**
 * Creates a fragment from trusted HTML, without escaping. Never pass it anything that a client may have written.
 *
 * @throws TypeError if `trusted` is not a string.
 *
 * @example
 * ```ts
 * import { markup, raw } from '@tsgi/templates/markup'
 *
 * String(markup`<p>${raw('<b>bold</b>')}</p>`) // => '<p><b>bold</b></p>'
 * ```
 */
export function raw(trusted: string): Markup {
  if (typeof trusted !== 'string')
    throw new TypeError(`raw: trusted must be a string, got ${describe(trusted)}`)
  const fragment = new Markup()
  Markup.appendHtml(fragment, trusted)
  return fragment
}

/**
 * Returns a `text/html; charset=utf-8` response with a fragment. A fragment with promises or async iterables is streamed,
 * no faster than the client reads: everything before a value is sent while the value is pending. When the client
 * disconnects, all async iterables in the fragment are closed.
 *
 * The status is sent before pending values are known. If one fails, the response is cut off. To turn a failure into an
 * error response, await the value before you call `page`.
 *
 * @throws TypeError if its argument is not a fragment.
 *
 * @example
 * ```ts
 * import { markup, page } from '@tsgi/templates/markup'
 *
 * async function* rows() {
 *   for (const n of [1, 2]) yield markup`<li>${n}</li>`
 * }
 * const count = Promise.resolve(2)
 * const response = page(markup`<h1>${count} rows</h1><ul>${rows()}</ul>`, { status: 201 })
 * response.status // => 201
 * await response.text() // => '<h1>2 rows</h1><ul><li>1</li><li>2</li></ul>'
 * ```
 */
export function page(fragment: Markup, init?: ResponseInit): Response {
  if (!(fragment instanceof Markup)) {
    throw new TypeError(`page: fragment must be created by markup or raw, got ${describe(fragment)}`)
  }
  if (!Markup.isPending(fragment)) return html(fragment.toString(), init)
  const headers = new Headers(init?.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'text/html; charset=utf-8')
  return stream(new FragmentStream(fragment), { ...init, headers })
}
