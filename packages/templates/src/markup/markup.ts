/**
 * HTML in tagged templates, escaped by default, whose fragments nest and may hold values that are still to come:
 * `@tsgi/templates/markup`. It needs no file system and compiles nothing at run time, so it works on every runtime.
 */
import { html, stream } from '@tsgi/core'
import { Markup, type MarkupValue } from './fragment.ts'
import { FragmentChunks } from './stream-fragment.ts'

export type { Markup, MarkupValue, SettledValue } from './fragment.ts'

/**
 * A fragment of HTML. The template's own text is taken as it is; each value in it is escaped, so that it is safe
 * between tags and inside a *quoted* attribute. A fragment as a value is not escaped again; see {@link MarkupValue}
 * for the rest.
 *
 * A promise in it is watched at once, so that several run side by side; async iterables are read in their turn. A
 * fragment without the latter can be used any number of times.
 *
 * Escaping cannot make these safe: a value in an attribute without quotes, in a tag's or attribute's name, in
 * `<script>` or `<style>` or an `on…` attribute, and a URL whose scheme the client chose (`javascript:`).
 *
 * @throws TypeError where a value is no {@link MarkupValue}, or it is not called as a tag.
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
  // Called as a function with text, or with a list out of some JSON, it would let the text through unescaped.
  if (!Array.isArray(template) || !Array.isArray(template.raw)) {
    throw new TypeError('markup: it is a tag for templates; write markup`…`, or raw(text) for trusted HTML')
  }
  const fragment = new Markup()
  for (let index = 0; index < template.length; index++) {
    const html = template[index]
    if (html === undefined)
      throw new TypeError('markup: the template has an escape sequence that is not valid')
    Markup.appendHtml(fragment, html)
    if (index < values.length) Markup.append(fragment, values[index])
  }
  return fragment
}

/**
 * Trusted HTML as a fragment, without escaping: never give it what a client may have written.
 *
 * @throws TypeError where it is given anything but a string.
 *
 * @example
 * ```ts
 * import { markup, raw } from '@tsgi/templates/markup'
 *
 * String(markup`<p>${raw('<b>bold</b>')}</p>`) // => '<p><b>bold</b></p>'
 * ```
 */
export function raw(trusted: string): Markup {
  if (typeof trusted !== 'string') throw new TypeError('raw: it takes a string')
  const fragment = new Markup()
  Markup.appendHtml(fragment, trusted)
  return fragment
}

/**
 * A response of `text/html; charset=utf-8` that sends a fragment. One that holds promises or async iterables is
 * streamed, no faster than the client reads: what comes before a value is sent while the value is waited for. When
 * the client leaves, every async iterable in it is closed.
 *
 * The status is sent before such values are known. One that fails cuts the response off; to answer it with an error,
 * await it before.
 *
 * @throws TypeError where it is not given a fragment.
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
  if (!(fragment instanceof Markup)) throw new TypeError('page: it takes a fragment, as markup`…` makes')
  if (!Markup.isStreamed(fragment)) return html(fragment.toString(), init)
  const headers = new Headers(init?.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'text/html; charset=utf-8')
  return stream(new FragmentChunks(fragment), { ...init, headers })
}
