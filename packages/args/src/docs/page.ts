import type { OpenApiServer } from '../openapi/document-types.ts'

/** The names of the files of a page, in the order in which they are loaded. */
export interface PageFiles {
  readonly scripts: readonly string[]
  readonly styles: readonly string[]
}

/**
 * Returns the HTML of a page.
 *
 * @param folder The relative URL of the folder of the files, such as `./docs/`.
 */
export function pageHtml(title: string, folder: string, { scripts, styles }: PageFiles): string {
  const base = escapeHtml(folder)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
${styles.map((name) => `<link rel="stylesheet" href="${base}${name}">`).join('\n')}
<body>
<div id="docs"></div>
${scripts.map((name) => `<script src="${base}${name}"></script>`).join('\n')}
</body>
</html>
`
}

/** Returns the script that starts a viewer. The document is beside the script. */
export function startScript(start: string): string {
  return `(function (url, element) {
${start}
})(new URL('openapi.json', document.currentScript.src).href, document.getElementById('docs'))
`
}

/** Returns the Content-Security-Policy of a page. Requests may go to its own origin and to those of the servers. */
export function policyFor(servers: readonly OpenApiServer[]): string {
  const origins = servers
    .flatMap(urlsOf)
    .map((url) => URL.parse(url)?.origin ?? '')
    .filter((origin) => ORIGIN.test(origin))
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Both viewers write styles into the page.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    ["connect-src 'self'", ...new Set(origins)].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The names of hosts may have characters that end a directive, such as `;`. */
const ORIGIN = /^https?:\/\/(?:[\w.-]+|\[[\da-f:]+\])(?::\d+)?$/

/** The most URLs of a server that a policy allows. */
const MAX_URLS = 100

/** Returns the URLs of a server for all values of its variables. */
function urlsOf({ url, variables = {} }: OpenApiServer): string[] {
  return Object.entries(variables).reduce(
    (urls, [name, { default: value, enum: others = [] }]) =>
      urls
        .flatMap((each) => [value, ...others].map((text) => each.replaceAll(`{${name}}`, () => text)))
        .slice(0, MAX_URLS),
    [url],
  )
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
