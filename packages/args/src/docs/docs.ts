/**
 * Serves a page with the documentation of an API, from local files: `@tsgi/args/docs`.
 */
import { type Application, type Environ, HttpError, html, withMetadata } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { openapi } from '../openapi/openapi.ts'
import { checkOpenApiOptions, OPENAPI_OPTIONS, type OpenApiOptions } from '../openapi/options.ts'
import type { RouteSource } from '../openapi/visible-routes.ts'
import { Asset } from './asset.ts'
import { pageHtml, policyFor, startScript } from './page.ts'
import { swaggerUi, type Viewer, type ViewerFile } from './viewer.ts'

export { scalar, type Viewer, type ViewerFile } from './viewer.ts'

/** The options of {@link docs}: those of `openapi`, and how the document is shown. */
export interface DocsOptions extends OpenApiOptions {
  /**
   * The path at which you mount the page, seen from `app`. Unless there are `servers`, requests that are tried out on the
   * page go to the URL without this path. Default: `'/docs'`.
   */
  readonly path?: string
  /** Shows the document. Default: Swagger UI, from the package `swagger-ui-dist`. */
  readonly viewer?: Viewer
}

/**
 * Creates an application that documents the routes of another: a page to mount at `path`, and the OpenAPI document beside it
 * as `openapi.json`. The document is made once, when the program starts.
 *
 * All files are served from this application. Their URLs are relative, so the page also works behind a proxy that removes a
 * prefix from the path. A `Content-Security-Policy` allows only them. Parameters of the page's URL have no effect.
 *
 * @throws TypeError if an option is unknown or invalid, or for the reasons of `openapi`; `Error` if the package of the viewer
 *   is not installed.
 *
 * @example
 * ```ts
 * import { args } from '@tsgi/args'
 * import { docs } from '@tsgi/args/docs'
 * import { mount, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { router } from '@tsgi/router'
 * import { z } from 'zod'
 *
 * const api = router({ '/search': { GET: args({ query: z.object({ q: z.string() }) })(() => text('')) } })
 * const application = mount('/docs', docs(api, { title: 'Search', version: '1.0.0' }))(api)
 *
 * const web = client(application)
 * const page = await web.get('/docs')
 * page.headers.get('content-type') // => 'text/html; charset=utf-8'
 * const response = await web.get('/docs/openapi.json')
 * const document = await response.json()
 * Object.keys(document.paths) // => ['/search']
 * ```
 */
export function docs(app: RouteSource | Application<never>, options: DocsOptions): Application {
  checkOpenApiOptions('docs', options, [...OPENAPI_OPTIONS, 'path', 'viewer'])
  const { path = '/docs', viewer = swaggerUi(), ...described } = options
  if (typeof path !== 'string' || !/^\/$|^(?:\/[^/?#]+)+$/.test(path)) {
    throw new TypeError(`docs: path must be a path such as '/docs', got ${describe(path)}`)
  }
  const { scripts, styles, start } = checkViewer(viewer)
  const servers = described.servers ?? [{ url: rootFrom(path) }]
  const document = new Asset(JSON.stringify(openapi(app, { ...described, servers })), 'application/json')
  const files = new Map<string, Asset>()
  const names = {
    styles: addFiles(files, styles, 'text/css'),
    scripts: addFiles(
      files,
      [...scripts, { name: 'start.js', content: startScript(start) }],
      'text/javascript',
    ),
  }
  const headers = {
    'content-security-policy': policyFor(servers),
    'x-content-type-options': 'nosniff',
  }
  const fresh = { ...headers, 'cache-control': 'no-cache' }
  const immutable = { ...headers, 'cache-control': 'public, max-age=31536000, immutable' }

  const page: Application = function docs(environ) {
    const { method, pathInfo } = environ
    if (method !== 'GET' && method !== 'HEAD') {
      throw new HttpError(405, undefined, { headers: { allow: 'GET, HEAD' } })
    }
    if (pathInfo === '' || pathInfo === '/') {
      return html(pageHtml(options.title, folderOf(environ), names), { headers: fresh })
    }
    if (pathInfo === '/openapi.json') return document.respond(environ, fresh)
    const file = files.get(pathInfo)
    if (file === undefined) throw new HttpError(404)
    return file.respond(environ, immutable)
  }
  return withMetadata(page, { hidden: true }, page)
}

/** Adds files under names with the hash of their content, such as `viewer.1f3c.js`, and returns these names. */
function addFiles(assets: Map<string, Asset>, files: readonly ViewerFile[], type: string): string[] {
  return files.map(({ name, content }) => {
    const asset = new Asset(content, `${type}; charset=utf-8`)
    const unique = name.replace(/(?=\.\w+$)/, `.${asset.hash}`)
    assets.set(`/${unique}`, asset)
    return unique
  })
}

/** Returns the relative URL from the document to the root of the API: `..` for `/docs`. */
function rootFrom(path: string): string {
  const { length } = path.split('/').filter(Boolean)
  return length === 0 ? '.' : Array(length).fill('..').join('/')
}

/** Returns the relative URL of the page's files. Browsers resolve it from the parent unless the page's path ends in a slash. */
function folderOf({ scriptName, pathInfo }: Environ): string {
  return pathInfo === '' && scriptName !== '' ? `./${scriptName.split('/').at(-1)}/` : './'
}

function checkViewer(viewer: Viewer): Viewer {
  const { scripts, styles, start } = Object(viewer) as Partial<Viewer>
  if (areFiles(scripts) && areFiles(styles) && typeof start === 'string') return viewer
  throw new TypeError(`docs: viewer must be a viewer such as scalar(), got ${describe(viewer)}`)
}

/** Reports whether a value is a list of files. Their names become parts of URLs, and of the HTML. */
function areFiles(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((file: unknown) => {
      const { name, content } = Object(file) as Partial<ViewerFile>
      const isContent = typeof content === 'string' || content instanceof Uint8Array
      return typeof name === 'string' && /^[\w-][\w.-]*$/.test(name) && isContent
    })
  )
}
