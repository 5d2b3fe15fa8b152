import {
  MaxHeaderSizeExceededError,
  MaxPartsExceededError,
  MultipartParseError,
  MultipartParser,
  type MultipartPart,
} from '@remix-run/multipart-parser'
import { type Environ, HttpError, readChunks } from '@tsgi/core'
import { parseDisposition } from './content-disposition.ts'
import { type Chunks, lightFile } from './light-file.ts'
import type { Limits } from './limits.ts'
import { Pieces } from './pieces.ts'

/** What a field of a form holds. */
export type FieldValue = string | File

/** Bytes from which a file keeps the chunks it came in. */
const KEPT = 65_536

/**
 * The fields of a `multipart/form-data` body (RFC 7578), parsed while it is read. A file input that was left empty is
 * left out. Throws a 400 for what is malformed, cut off or too many, a 413 for what is too large.
 */
export async function readMultipart(
  environ: Environ,
  boundary: string | undefined,
  limits: Required<Limits>,
): Promise<[string, FieldValue][]> {
  // RFC 2046 §5.1.1
  if (boundary === undefined || !/^[\w'()+,\-./:=? ]{0,69}[\w'()+,\-./:=?]$/.test(boundary)) {
    throw new HttpError(400, 'The Content-Type has no boundary, or a malformed one.')
  }
  const parser = new MultipartParser(boundary, {
    maxHeaderSize: limits.partHeader,
    maxParts: limits.fields,
    maxFileSize: limits.body,
    maxTotalSize: limits.body,
  })
  const fields: [string, FieldValue][] = []
  let files = 0
  let isOver = false

  function parse(piece: Uint8Array): void {
    if (isOver) return
    try {
      for (const part of parser.write(piece)) add(readPart(part, limits.fileSize))
    } catch (error) {
      // What follows the closing boundary is an epilogue, to be read and ignored (RFC 2046 §5.1.1).
      isOver = isFinished(parser)
      if (!isOver) throw error
    }
  }

  function add(field: [string, FieldValue] | undefined): void {
    if (field === undefined) return
    if (typeof field[1] !== 'string' && ++files > limits.files) {
      throw new HttpError(400, `The form has more than ${limits.files} files.`)
    }
    fields.push(field)
  }

  const pieces = new Pieces(parse)
  try {
    for await (const chunk of readChunks(environ, limits.body)) pieces.add(chunk)
    pieces.end()
    parser.finish()
  } catch (error) {
    throw asHttpError(error, limits)
  }
  return fields
}

function readPart(part: MultipartPart, maxFileSize: number): [string, FieldValue] | undefined {
  const { size } = part
  const disposition = parseDisposition(headerOf(part, 'content-disposition') ?? '')
  if (disposition === undefined) {
    throw new HttpError(400, 'A part of the form has no name, or a malformed Content-Disposition.')
  }
  const { name, filename } = disposition
  if (filename === undefined) return [name, decodeField(part.bytes)]
  if (filename === '' && size === 0) return undefined
  if (size > maxFileSize) {
    throw new HttpError(413, `A file of the form is larger than ${maxFileSize} bytes.`)
  }
  return [name, lightFile(chunksOf(part, size), filename, headerOf(part, 'content-type') ?? 'text/plain')]
}

/** A small file may have come in a chunk far larger than itself, and is not to keep all of that. */
function chunksOf(part: MultipartPart, size: number): Chunks {
  return (size > 0 && size < KEPT ? [part.bytes] : part.content) as Chunks
}

function headerOf(part: MultipartPart, name: string): string | undefined {
  try {
    return part.headers[name]
  } catch (cause) {
    throw new HttpError(400, 'A header of a part of the form is not valid UTF-8.', { cause })
  }
}

function decodeField(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new HttpError(400, 'A field of the form is not valid UTF-8.', { cause })
  }
}

/** Whether the closing boundary was read. It costs an error to find that it was not. */
function isFinished(parser: MultipartParser): boolean {
  try {
    parser.finish()
    return true
  } catch {
    return false
  }
}

function asHttpError(error: unknown, { fields, partHeader }: Required<Limits>): unknown {
  if (error instanceof MaxPartsExceededError) {
    return new HttpError(400, `The form has more than ${fields} fields.`, { cause: error })
  }
  if (error instanceof MaxHeaderSizeExceededError) {
    return new HttpError(400, `A part of the form has a header larger than ${partHeader} bytes.`, {
      cause: error,
    })
  }
  if (error instanceof MultipartParseError) {
    return new HttpError(400, 'The multipart body is malformed or cut off.', { cause: error })
  }
  return error
}
