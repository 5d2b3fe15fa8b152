import {
  type Application,
  type Awaitable,
  chain,
  type Environ,
  handle,
  type Middleware,
  redirect,
  withHeaders,
} from '@tsgi/core'
import { addVary } from '@tsgi/core/http'
import { readOptions, type StaticFilesOptions, type StaticSettings } from './options.ts'
import { parsePath } from './path/segments.ts'
import { contentType } from './response/content-type.ts'
import { type Representation, respondWith } from './response/file-response.ts'
import { isNavigation } from './response/navigation.ts'
import { findPrecompressed } from './response/precompressed.ts'
import type { FileSource } from './source/file-source.ts'

/**
 * Serves the files of a folder. Requests for which there is no file go to the application inside, and so do all methods but
 * `GET` and `HEAD`. Put it under a prefix with `mount`.
 *
 * Responds with 304 if the client has the file in its cache, with 206 to a request for a range, and with 308 to the path of
 * a folder without its last slash. Names that begin with a dot are not served, except `/.well-known/`.
 *
 * @param root The folder, absolute or relative to the current directory, as a path or a `file:` URL; or any other source of
 *   files.
 * @throws TypeError if the folder does not exist, or an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { staticFiles } from '@tsgi/static'
 *
 * const folder = await mkdtemp(join(tmpdir(), 'public-'))
 * await writeFile(join(folder, 'style.css'), 'body { color: navy }')
 *
 * const web = client(stack(staticFiles(folder))(() => text('the application')))
 * const style = await web.get('/style.css')
 * style.headers.get('content-type') // => 'text/css; charset=utf-8'
 * await style.text() // => 'body { color: navy }'
 * const other = await web.get('/users')
 * await other.text() // => 'the application'
 * ```
 */
export function staticFiles(root: string | URL | FileSource, options: StaticFilesOptions = {}): Middleware {
  const settings = readOptions(root, options)
  const { fallback } = settings

  return function staticFiles<E extends object>(app: Application<E>): Application<E> {
    return function staticFiles(environ) {
      const { method } = environ
      if (method !== 'GET' && method !== 'HEAD') return app(environ)
      return chain(fileOf(environ, settings), (response) => {
        if (response !== undefined) return response
        if (fallback === undefined) return app(environ)
        return chain(handle(app, environ), (response) =>
          isMissingPage(environ, response) ? pageOr(response, environ, settings, fallback) : response,
        )
      })
    }
  }
}

/** Responds to a request for a file or a folder; `undefined` if there is none. */
function fileOf(environ: Environ, settings: StaticSettings): Awaitable<Response | undefined> {
  const { index, extensions, dotfiles } = settings
  const segments = parsePath(environ.pathInfo, dotfiles)
  if (segments === undefined) return undefined
  const name = segments.at(-1)
  if (name === '') {
    if (index === undefined) return undefined
    return send(environ, settings, [...segments.slice(0, -1), index])
  }
  const folders = segments.slice(0, -1)
  const names = name === undefined ? [] : [name, ...extensions.map((ending) => `${name}.${ending}`)]
  return firstOf(
    names,
    (each) => send(environ, settings, [...folders, each]),
    () =>
      index === undefined ? undefined : redirectToFolder(environ, settings.source, [...segments, index]),
  )
}

/** Tries each name in turn, then calls `otherwise`. */
function firstOf<T>(
  names: readonly string[],
  attempt: (name: string) => Awaitable<T | undefined>,
  otherwise: () => Awaitable<T | undefined>,
): Awaitable<T | undefined> {
  const [name, ...others] = names
  if (name === undefined) return otherwise()
  return chain(attempt(name), (result) => result ?? firstOf(others, attempt, otherwise))
}

function send(
  environ: Environ,
  settings: StaticSettings,
  segments: readonly string[],
): Awaitable<Response | undefined> {
  return respondWith(environ, () => findRepresentation(environ, settings, segments))
}

function findRepresentation(
  { headers }: Environ,
  { source, precompressed, cacheControl }: StaticSettings,
  segments: readonly string[],
): Awaitable<Representation | undefined> {
  return chain(source.find(segments), (file) => {
    if (file === undefined) return undefined
    const type = file.type ?? contentType(segments.at(-1)!)
    const fields = { 'cache-control': cacheControl(segments) }
    if (!precompressed) return { file, type, fields }
    // A cache must know that the response depends on the field even if this one is not compressed (RFC 9110 §12.5.5).
    const varying = { ...fields, vary: 'Accept-Encoding' }
    const compressed = findPrecompressed(source, segments, file, headers.get('accept-encoding'))
    return chain(compressed, (compressed) => ({ file, type, fields: varying, ...compressed }))
  })
}

/** Without the slash, the relative links of an index would lead to the folder above. */
function redirectToFolder(
  { scriptName, pathInfo, queryString }: Environ,
  source: FileSource,
  index: readonly string[],
): Awaitable<Response | undefined> {
  return chain(source.find(index), (file) => {
    const path = `${scriptName}${pathInfo}/`
    // Browsers read a location that begins with two slashes as another host.
    if (file === undefined || path.startsWith('//')) return undefined
    return redirect(queryString === '' ? path : `${path}?${queryString}`, 308)
  })
}

/** Reports whether the application has no route for a page that a browser asks for. */
function isMissingPage(environ: Environ, { status }: Response): boolean {
  return status === 404 && environ.route === undefined && isNavigation(environ)
}

/** Responds with the fallback; with the response of the application if the file no longer exists. */
function pageOr(
  response: Response,
  environ: Environ,
  settings: StaticSettings,
  fallback: readonly string[],
): Awaitable<Response> {
  return chain(send(environ, settings, fallback), (page) => {
    if (page === undefined) return response
    // Ignore errors from cancelling a body that is not sent.
    response.body?.cancel().catch(() => {})
    const vary = addVary(page.headers.get('vary'), 'Accept', 'Sec-Fetch-Mode')
    return withHeaders(page, { vary })
  })
}
