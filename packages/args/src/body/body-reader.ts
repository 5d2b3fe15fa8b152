import { type Environ, HttpError, readBody, readChunks } from '@tsgi/core'
import type { Limits, StandardIssue } from '@tsgi/core/options'
import {
  checkBoundary,
  checkCharset,
  checkNotEncoded,
  isInRange,
  parseContentType,
} from '../headers/content-type.ts'
import type { BodyFormat, BodySchema } from './body-schema.ts'
import { fieldCollector, type PartInput, parsePairs } from './fields.ts'
import { checkFieldSizes, declaredLimits, readForm } from './form-reader.ts'
import { parseJson } from './json.ts'
import type { ArgsLimits } from './limits.ts'
import { notAFile, ReceivedFiles } from './received-files.ts'
import { decodeUtf8 } from './utf8.ts'

/** The input of a body's schema, and the files beside it. */
export interface BodyInput extends PartInput {
  readonly files?: ReceivedFiles
  /** Errors in the files. */
  readonly issues?: readonly StandardIssue[]
  /** Whether the rest of the body was not read, because of these errors. */
  readonly isPartial?: boolean
}

/**
 * Returns the function that reads a body by its `Content-Type`. It throws 415 if the type, charset or content coding is
 * not accepted, 413 if the body is too large, and 400 if it is malformed. If there is no body, its type does not matter.
 */
export function bodyReader(
  body: BodySchema,
  limits: Limits<ArgsLimits>,
): (environ: Environ) => Promise<BodyInput> {
  const collect = fieldCollector(body.schema)
  const declared = declaredLimits(body, limits)

  function readUrlencoded(environ: Environ, bytes: Uint8Array): BodyInput {
    if (bytes.length > 0) {
      const pairs = parsePairs(decodeUtf8(bytes), limits.maxFields, 'form')
      // A decoded field is never longer than its encoded form.
      const mayBeTooLarge = declared.fields.size > 0 || bytes.length > limits.maxFieldSize
      if (mayBeTooLarge) checkFieldSizes(pairs, declared, limits.maxFieldSize)
      return declared.files.size === 0 ? collect(pairs) : collectWithoutFiles(environ, [...pairs])
    }
    if (declared.files.size > 0) return withoutBody(environ)
    // An empty form has no body. It counts as an empty form only if the schema requires a body.
    return { value: undefined, retry: () => collect([]) }
  }

  /** A urlencoded form has only the name of a file, or nothing if the user has chosen none. */
  function collectWithoutFiles(environ: Environ, pairs: readonly (readonly [string, string])[]): BodyInput {
    const files = new ReceivedFiles(body.files, environ)
    const named = pairs.filter(([name, value]) => files.declares(name) && value !== '')
    const fields = pairs.filter(([name]) => !files.declares(name))
    return {
      ...collect(fields),
      files,
      issues: named.map(([name]) => notAFile(name, 'send the form as multipart/form-data')),
    }
  }

  async function readMultipart(environ: Environ, boundary: string): Promise<BodyInput> {
    const { pairs, isEmpty, ...form } = await readForm(environ, boundary, body, limits, declared)
    if (isEmpty) return withoutBody(environ)
    return declared.files.size === 0 ? collect(pairs) : { ...collect(pairs), ...form }
  }

  function parse(environ: Environ, bytes: Uint8Array, format: BodyFormat): BodyInput {
    if (format === 'json') return { value: bytes.length === 0 ? undefined : parseJson(bytes, limits) }
    if (format === 'urlencoded') return readUrlencoded(environ, bytes)
    return { value: format === 'bytes' ? bytes : decodeUtf8(bytes) }
  }

  /** A form that declares files is empty if there is no body. */
  function withoutBody(environ: Environ): BodyInput {
    if (declared.files.size === 0) return { value: emptyValue(body) }
    const files = new ReceivedFiles(body.files, environ)
    return { ...collect([]), files, issues: files.missing() }
  }

  async function reject(environ: Environ, error: unknown): Promise<BodyInput> {
    if (Number(environ.headers.get('content-length')) > 0) throw error
    for await (const _ of readChunks(environ, limits.maxBodySize)) throw error
    return withoutBody(environ)
  }

  return function readByType(environ) {
    let chosen: Chosen
    try {
      chosen = chooseFormat(body, environ.headers)
    } catch (error) {
      return reject(environ, error)
    }
    const { format, boundary } = chosen
    if (format === 'multipart') return readMultipart(environ, boundary)
    return readBody(environ, limits.maxBodySize).then((bytes) => parse(environ, bytes, format))
  }
}

interface Chosen {
  readonly format: BodyFormat
  /** Returns the boundary of a multipart body. */
  readonly boundary: string
}

function chooseFormat(body: BodySchema, headers: Headers): Chosen {
  checkNotEncoded(headers)
  const field = headers.get('content-type') || (acceptsAnything(body) ? 'application/octet-stream' : '')
  if (field === '') throw unsupportedType(body)
  const type = parseContentType(field)
  const [, format] = body.types.find(([range]) => isInRange(type.essence, range)) ?? []
  if (format === undefined) throw unsupportedType(body)
  if (format !== 'bytes') checkCharset(type)
  return { format, boundary: format === 'multipart' ? checkBoundary(type.boundary) : '' }
}

function acceptsAnything({ types }: BodySchema): boolean {
  return types.some(([range]) => range === '*/*')
}

function emptyValue({ types }: BodySchema): unknown {
  const format = types[0]?.[1]
  return format === 'text' ? '' : format === 'bytes' ? new Uint8Array() : undefined
}

/** `Accept` in a response names the types that a request may have (RFC 9110 §12.5.1). */
function unsupportedType({ types }: BodySchema): HttpError {
  const accept = types
    .map(([range]) => range)
    .filter((range) => !range.includes('*+'))
    .join(', ')
  return new HttpError(415, `The request body must be one of: ${accept}.`, { headers: { accept } })
}
