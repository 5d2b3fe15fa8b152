import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

/**
 * A page that shows an OpenAPI document. Its scripts and styles are served from memory, so it needs no other host.
 *
 * @example
 * ```ts
 * import type { Viewer } from '@tsgi/args/docs'
 *
 * const rawText: Viewer = {
 *   scripts: [],
 *   styles: [{ name: 'page.css', content: 'body { white-space: pre; font-family: monospace }' }],
 *   start: 'fetch(url).then((response) => response.text()).then((text) => { element.textContent = text })',
 * }
 * rawText.scripts // => []
 * ```
 */
export interface Viewer {
  /** Classic scripts, run in this order before `start`. */
  readonly scripts: readonly ViewerFile[]
  readonly styles: readonly ViewerFile[]
  /** The body of a function that shows the document in the browser. Its parameters are `url`, that of the document, and `element`. */
  readonly start: string
}

/** A script or a style sheet of a {@link Viewer}. */
export interface ViewerFile {
  /** The name in its URL, such as `viewer.js`: letters, digits, `_`, `-` and `.`. */
  readonly name: string
  readonly content: string | Uint8Array
}

/** Swagger UI, from the package `swagger-ui-dist`. */
export function swaggerUi(): Viewer {
  const [script, style] = readFiles('swagger-ui-dist', 'swagger-ui-bundle.js', 'swagger-ui.css')
  return {
    scripts: [script!],
    styles: [style!],
    start: SWAGGER_UI_START,
  }
}

/**
 * Shows the document with Scalar instead of Swagger UI. Install the package `@scalar/api-reference`.
 *
 * @throws Error if the package is not installed.
 *
 * @example
 * ```ts no-run
 * import { docs, scalar } from '@tsgi/args/docs'
 * import { text } from '@tsgi/core'
 * import { router } from '@tsgi/router'
 *
 * const api = router({ '/users': { GET: () => text('Ada') } })
 * const page = docs(api, { title: 'Users', version: '1.0.0', viewer: scalar() })
 * ```
 */
export function scalar(): Viewer {
  const [script] = readFiles('@scalar/api-reference', 'browser/standalone.js')
  return {
    scripts: [script!],
    styles: [],
    start: SCALAR_START,
  }
}

/** Makes the URLs of servers absolute, which are relative to that of the document. They may have variables in braces. */
const RESOLVE_SERVERS = `function resolveServers(content) {
  for (const server of content.servers) {
    const absolute = /^[a-z][a-z0-9+.-]*:/i.test(server.url) ? null : URL.parse(server.url, url)
    if (absolute) server.url = absolute.href.replace(/\\/$/, '').replace(/%7B/g, '{').replace(/%7D/g, '}')
  }
  return content
}`

/**
 * Without the first two options, it would send the document to validator.swagger.io, and load one that a link names. It
 * would show the URLs of servers as they are in the document, such as `..`.
 */
const SWAGGER_UI_START = `${RESOLVE_SERVERS}
SwaggerUIBundle({
  validatorUrl: null,
  queryConfigEnabled: false,
  url,
  domNode: element,
  deepLinking: true,
  responseInterceptor(response) {
    if (response.url === url && response.ok) response.text = JSON.stringify(resolveServers(JSON.parse(response.text)))
    return response
  },
})`

/** Scalar does not resolve the URLs of servers. Its defaults load fonts and send data to other hosts. */
const SCALAR_START = `${RESOLVE_SERVERS}
fetch(url).then((response) => response.json()).then((content) => {
  resolveServers(content)
  Scalar.createApiReference(element, {
    content,
    withDefaultFonts: false,
    agent: { disabled: true },
    telemetry: false,
    hideClientButton: true,
    showDeveloperTools: 'never',
  })
})`

/** Reads files beside the main file of a package that the application has installed. */
function readFiles(name: string, ...paths: readonly string[]): ViewerFile[] {
  const main = resolveMain(name)
  return paths.map((path) => ({ name: basename(path), content: readFileSync(join(dirname(main), path)) }))
}

function resolveMain(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch {
    try {
      // Package managers such as pnpm hide what this package does not declare.
      return createRequire(join(process.cwd(), 'package.json')).resolve(name)
    } catch (cause) {
      throw new Error(`docs: the package ${name} is not installed. Run: npm install ${name}`, { cause })
    }
  }
}
