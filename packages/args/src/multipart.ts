import {
  MaxHeaderSizeExceededError,
  MaxPartsExceededError,
  MultipartParseError,
  MultipartParser,
  type MultipartPart,
} from '@remix-run/multipart-parser'
import { type Environ, HttpError, readChunks } from '@tsgi/core'
import { parseDisposition } from './disposition.ts'
import type { Limits } from './limits.ts'

/** What a field of a form holds. */
export type FieldValue = string | File

/** The smallest piece given to the parser, which keeps an object for each and may copy what came before it. */
const PIECE = 16_384

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
  try {
    for await (const piece of inPieces(readChunks(environ, limits.body))) {
      // What follows the closing boundary is an epilogue, to be read and ignored (RFC 2046 §5.1.1).
      if (isFinished(parser)) continue
      for (const part of parser.write(piece)) {
        const field = readPart(part, limits.fileSize)
        if (field === undefined) continue
        if (typeof field[1] !== 'string' && ++files > limits.files) {
          throw new HttpError(400, `The form has more than ${limits.files} files.`)
        }
        fields.push(field)
      }
    }
    parser.finish()
  } catch (error) {
    throw asHttpError(error, limits)
  }
  return fields
}

function readPart(part: MultipartPart, maxFileSize: number): [string, FieldValue] | undefined {
  const bytes = part.bytes as Uint8Array<ArrayBuffer>
  const disposition = parseDisposition(headerOf(part, 'content-disposition') ?? '')
  if (disposition === undefined) {
    throw new HttpError(400, 'A part of the form has no name, or a malformed Content-Disposition.')
  }
  const { name, filename } = disposition
  if (filename === undefined) return [name, decodeField(bytes)]
  if (filename === '' && bytes.byteLength === 0) return undefined
  if (bytes.byteLength > maxFileSize) {
    throw new HttpError(413, `A file of the form is larger than ${maxFileSize} bytes.`)
  }
  return [name, new File([bytes], filename, { type: headerOf(part, 'content-type') ?? 'text/plain' })]
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

/** Gathers small chunks, so that a body that trickles in byte by byte costs no more than one that comes at once. */
async function* inPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let piece = new Uint8Array(PIECE)
  let filled = 0
  for await (const chunk of chunks) {
    if (filled + chunk.byteLength > PIECE) {
      if (filled > 0) yield piece.subarray(0, filled)
      piece = new Uint8Array(PIECE)
      filled = 0
    }
    if (chunk.byteLength > PIECE) yield chunk
    else {
      piece.set(chunk, filled)
      filled += chunk.byteLength
    }
  }
  if (filled > 0) yield piece.subarray(0, filled)
}

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
