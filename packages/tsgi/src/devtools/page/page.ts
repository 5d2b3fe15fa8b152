import { readFileSync } from 'node:fs'
import { type Application, html, redirect, sse, text } from '@tsgi/core'
import type { Recorder } from '../record/recorder.ts'
import { refusalOf } from './access.ts'
import { changes } from './changes.ts'
import { formatTime } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { devtoolsPath } from './path.ts'
import { requestsSection } from './requests.ts'
import { environSection, errorsSection, routesSection } from './sections.ts'

/** Creates the application that serves the page and its files. */
export function createPage(recorder: Recorder, application: Application<never>): Application {
  return function devtoolsPage(environ) {
    const refusal = refusalOf(environ)
    if (refusal !== undefined)
      return text(`This page is not available. ${refusal}\n`, { status: 403, headers })
    if (environ.method !== 'GET' && environ.method !== 'HEAD') {
      return text('Use GET.\n', { status: 405, headers: { ...headers, allow: 'GET, HEAD' } })
    }
    const name = environ.pathInfo.slice(devtoolsPath.length)
    if (name === '') return html(pageHtml(recorder, application), { headers })
    if (name === '/') return redirect(`..${devtoolsPath}`, 308, { headers })
    if (name === '/changes') return sse(changes(recorder, environ.signal), { headers })
    const file = files[name]
    if (file === undefined) return text('There is no such page.\n', { status: 404, headers })
    return text(readFileSync(file.url, 'utf8'), { headers: { ...headers, 'content-type': file.type } })
  }
}

const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** The files are only in the sources. The compiled files are in a folder of the same depth. */
const fileOf = (name: string) => new URL(`../../../src/devtools/page/${name}`, import.meta.url)

const files: Readonly<Record<string, { readonly url: URL; readonly type: string }>> = {
  __proto__: null as never,
  '/devtools.css': { url: fileOf('devtools.css'), type: 'text/css; charset=utf-8' },
  '/devtools.js': { url: fileOf('devtools.js'), type: 'text/javascript; charset=utf-8' },
  '/icon.svg': { url: fileOf('icon.svg'), type: 'image/svg+xml' },
}

function pageHtml(recorder: Recorder, application: Application<never>): string {
  const sections: readonly (readonly [id: string, title: string, content: Markup])[] = [
    ['requests', 'Requests', requestsSection(recorder.requests)],
    ['routes', 'Routes', routesSection(application)],
    ['environ', 'Environ', environSection(recorder)],
    ['errors', 'Errors', errorsSection(recorder.errors.entries)],
  ]
  const folder = `.${devtoolsPath}`
  const { html } = markup`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>TSGI devtools</title>
<link rel="icon" href="${folder}/icon.svg">
<link rel="stylesheet" href="${folder}/devtools.css">
<script src="${folder}/devtools.js" defer></script>
<header><h1>TSGI devtools</h1>
<nav aria-label="Sections">${sections.map(([id, title]) => markup`<a href="#${id}">${title}</a> `)}</nav></header>
<main data-version="${recorder.version}">
<p>Since the application was loaded at <time datetime="${recorder.startedAt.toISOString()}">${formatTime(recorder.startedAt)}</time>.</p>
${sections.map(
  ([id, title, content]) => markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}
</section>
`,
)}</main>
</html>
`
  return html
}
