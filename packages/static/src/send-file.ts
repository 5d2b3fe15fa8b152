import { type Environ, HttpError } from '@tsgi/core'
import { checkOptions, describe } from '@tsgi/core/options'
import { findFile, openFolder } from '#folder'
import { checkOption, isFieldValue } from './check-option.ts'
import { NO_CACHE } from './options.ts'
import { areServable } from './path/segments.ts'
import { contentType } from './response/content-type.ts'
import { attachment } from './response/disposition.ts'
import { respondWith } from './response/file-response.ts'
import { type FileSource, isFileSource } from './source/file-source.ts'

/**
 * The options of {@link sendFile}.
 *
 * @example
 * ```ts
 * import type { SendFileOptions } from '@tsgi/static'
 *
 * const options: SendFileOptions = { root: './invoices', download: 'invoice.pdf', cacheControl: 'private, no-cache' }
 * ```
 */
export interface SendFileOptions {
  /**
   * The folder or source that the file must be in. Always set it if part of the file's path comes from the client: a path
   * that leads out of it, or contains a name that begins with a dot, gets a 404.
   */
  readonly root?: string | URL | FileSource
  /** The content type. Default: the one that belongs to the ending of the name. */
  readonly type?: string
  /**
   * Makes browsers save the file instead of showing it: under its own name (`true`) or another one. Default: `false`.
   */
  readonly download?: boolean | string
  /** The `Cache-Control` header. Default: `'no-cache'`. */
  readonly cacheControl?: string
}

/**
 * Responds with one file: with 304 if the client has it in its cache, with 206 to a request for a range.
 *
 * @param file The path, absolute or relative to the current directory, or a `file:` URL. With `root`, a relative path in it,
 *   not percent-encoded.
 * @throws HttpError 404 if there is no such file, 412 if a precondition fails, 416 if the range is beyond the end.
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import type { Application } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { sendFile } from '@tsgi/static'
 *
 * const root = await mkdtemp(join(tmpdir(), 'invoices-'))
 * await writeFile(join(root, '7.txt'), 'Invoice 7')
 *
 * const application: Application = (environ) =>
 *   sendFile(environ, `${environ.pathInfo.slice(1)}.txt`, { root, download: 'Rechnung.txt' })
 * const response = await client(application).get('/7', { headers: { range: 'bytes=-1' } })
 * response.status // => 206
 * response.headers.get('content-disposition') // => 'attachment; filename=Rechnung.txt'
 * await response.text() // => '7'
 * ```
 */
export async function sendFile(
  environ: Environ,
  file: string | URL,
  options: SendFileOptions = {},
): Promise<Response> {
  checkOptions('sendFile', options, ['root', 'type', 'download', 'cacheControl'])
  const { root, type, download = false, cacheControl = NO_CACHE } = options
  if (typeof file !== 'string' && !(file instanceof URL && root === undefined)) {
    const expected = root === undefined ? 'a path or a file: URL' : 'a path in root'
    throw new TypeError(`sendFile: file must be ${expected}, got ${describe(file)}`)
  }
  checkOption('sendFile: type', 'a content type', type, type === undefined || isFieldValue(type))
  checkOption(
    'sendFile: download',
    'true, false or a file name',
    download,
    ['boolean', 'string'].includes(typeof download),
  )
  checkOption('sendFile: cacheControl', 'a Cache-Control header', cacheControl, isFieldValue(cacheControl))

  const name = nameOf(file)
  const fields = {
    'cache-control': cacheControl,
    ...(download !== false && { 'content-disposition': attachment(download === true ? name : download) }),
  }
  const find = finder(file, root)
  const response = await respondWith(environ, async () => {
    const found = await find()
    return found && { file: found, type: type ?? found.type ?? contentType(name), fields }
  })
  if (response === undefined) throw new HttpError(404)
  return response
}

function finder(file: string | URL, root: SendFileOptions['root']): () => ReturnType<FileSource['find']> {
  if (root === undefined) return () => findFile(file)
  const source = isFileSource(root) ? root : openFolder('sendFile: root', root, 'inside')
  const segments = (file as string).split('/')
  return (): ReturnType<FileSource['find']> =>
    areServable(segments, false) ? source.find(segments) : undefined
}

/** Returns the last part of a path. Backslashes are separators on Windows. */
function nameOf(file: string | URL): string {
  const path = file instanceof URL ? decodeURIComponent(file.pathname) : file
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
