import { type Awaitable, bytes, chain, type Environ, empty, HttpError, stream } from '@tsgi/core'
import { evaluatePreconditions, isEntityTag, isRangeCurrent, type Validators } from '@tsgi/core/http'
import { describe } from '@tsgi/core/options'
import type { SourceFile } from '../source/file-source.ts'
import { type ByteRange, parseRange } from './range.ts'

/** A file, and the fields that do not depend on its version. */
export interface Representation {
  readonly file: SourceFile
  readonly type: string
  /** The content coding, if it is not `identity`. */
  readonly encoding?: string | undefined
  readonly fields: Readonly<Record<string, string>>
}

/** How often a file may change while a response to one request is prepared. */
const MAX_ATTEMPTS = 5

/**
 * Responds with a file. Returns `undefined` if there is none.
 *
 * @param find Looks up the file. Called again if the file changes before it is read.
 * @throws HttpError 412 if a precondition fails, and 416 if the range is beyond the end.
 */
export function respondWith(
  environ: Environ,
  find: () => Awaitable<Representation | undefined>,
  attempt = 1,
): Awaitable<Response | undefined> {
  return chain(find(), (found) => {
    if (found === undefined) return undefined
    return chain(fileResponse(environ, found), (response) => {
      if (response !== undefined) return response
      if (attempt < MAX_ATTEMPTS) return respondWith(environ, find, attempt + 1)
      throw new Error(`The file changed ${MAX_ATTEMPTS} times while it was opened`)
    })
  })
}

/** Returns `undefined` if the file has changed since it was found. */
function fileResponse(environ: Environ, representation: Representation): Awaitable<Response | undefined> {
  const { file, type, encoding, fields } = representation
  const { method } = environ
  const isRead = method === 'GET' || method === 'HEAD'
  const current = validatorsOf(representation)
  if (isRead) {
    const status = evaluatePreconditions(environ, current)
    if (status === 412) throw new HttpError(412)
    if (status === 304) return empty(304, { headers: notModifiedFields(current, fields) })
  }
  const range = method === 'GET' ? requestedRange(environ, file.size, current) : undefined
  const { start, end } = range ?? { start: 0, end: file.size }
  const headers = {
    'content-type': type,
    'content-length': String(end - start),
    'accept-ranges': 'bytes',
    ...(range && { 'content-range': `bytes ${start}-${end - 1}/${file.size}` }),
    ...(encoding !== undefined && { 'content-encoding': encoding }),
    ...validatorFields(current),
    ...fields,
  }
  const init = { status: range === undefined ? 200 : 206, headers }
  if (method === 'HEAD') return empty(200, init)
  return chain(file.read(start, end), (content) => {
    if (content === undefined) return undefined
    return content instanceof Uint8Array ? bytes(content, init) : stream(content, init)
  })
}

/** Two codings of a file never have the same tag (RFC 9110 §8.8.3). */
function validatorsOf({ file, encoding }: Representation): Validators {
  const { size, etag, modified } = file
  if (!(Number.isSafeInteger(size) && size >= 0)) {
    throw new TypeError(`The size of a file must be a number of bytes, got ${describe(size)}`)
  }
  if (etag !== undefined && !isEntityTag(etag)) {
    throw new TypeError(`The etag of a file must be quoted, such as '"v1"', got ${describe(etag)}`)
  }
  const coded = encoding === undefined ? etag : etag?.replace(/"$/, `-${encoding}"`)
  return { etag: coded, lastModified: modified }
}

function validatorFields({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { 'last-modified': lastModified.toUTCString() }),
  }
}

/** A 304 has `Last-Modified` only if there is no tag to identify the version (RFC 9110 §15.4.5). */
function notModifiedFields(
  { etag, lastModified }: Validators,
  { 'content-disposition': _, ...fields }: Readonly<Record<string, string>>,
): Record<string, string> {
  return { ...validatorFields(etag === undefined ? { lastModified } : { etag }), ...fields }
}

function requestedRange(environ: Environ, size: number, current: Validators): ByteRange | undefined {
  const { headers } = environ
  const header = headers.get('range')
  if (header === null || !isRangeCurrent(environ, current)) return undefined
  const range = parseRange(header, size)
  if (range === 'unsatisfiable') {
    throw new HttpError(416, undefined, { headers: { 'content-range': `bytes */${size}` } })
  }
  return range
}
