import { type Environ, HttpError, readChunks } from '@tsgi/core'
import { parseDisposition } from './content-disposition.ts'
import { isUtf8, parseContentType } from './content-type.ts'
import type { ArgsLimits } from './limits.ts'
import { MultipartParser, type PartReceiver } from './multipart-parser.ts'

/** The value of a form field. */
export type FieldValue = string | File

/** Validates the boundary of a multipart body (RFC 2046 §5.1.1). Throws 400 if it is missing or malformed. */
export function checkBoundary(boundary: string | undefined): string {
  if (boundary === undefined || !/^[\w'()+,\-./:=? ]{0,69}[\w'()+,\-./:=?]$/.test(boundary)) {
    throw new HttpError(400, 'The Content-Type has no boundary or a malformed one.')
  }
  return boundary
}

/**
 * Parses the fields of a `multipart/form-data` body (RFC 7578). Leaves out file inputs without a file. Returns undefined if
 * there is no body. Throws 400 if the body is malformed, is cut off or has too many fields, 413 if the body or a file is
 * too large, and 415 if a field has a charset other than UTF-8 or a transfer encoding.
 */
export async function readMultipart(
  environ: Environ,
  boundary: string,
  limits: Required<ArgsLimits>,
): Promise<readonly (readonly [string, FieldValue])[] | undefined> {
  const form = new FormReceiver(limits)
  const parser = new MultipartParser(boundary, form, limits.maxPartHeaderSize)
  let isEmpty = true
  for await (const chunk of readChunks(environ, limits.maxBodySize)) {
    isEmpty = false
    parser.write(chunk)
  }
  if (isEmpty) return undefined
  parser.end()
  return form.fields
}

interface Part {
  readonly name: string
  readonly filename: string | undefined
  readonly type: string | undefined
  readonly chunks: Uint8Array<ArrayBuffer>[]
  size: number
}

class FormReceiver implements PartReceiver {
  readonly fields: (readonly [string, FieldValue])[] = []
  readonly #limits: Required<ArgsLimits>
  #part: Part | undefined
  #parts = 0
  #files = 0

  constructor(limits: Required<ArgsLimits>) {
    this.#limits = limits
  }

  begin(headers: ReadonlyMap<string, string>): void {
    const { maxFields } = this.#limits
    if (++this.#parts > maxFields) throw new HttpError(400, `The form has more than ${maxFields} fields.`)
    const disposition = parseDisposition(headers.get('content-disposition') ?? '')
    if (disposition === undefined) {
      throw new HttpError(400, 'A part of the form has no name or a malformed Content-Disposition.')
    }
    const type = headers.get('content-type')
    checkEncoding(
      disposition.filename === undefined ? type : undefined,
      headers.get('content-transfer-encoding'),
    )
    this.#part = { ...disposition, type, chunks: [], size: 0 }
  }

  data(bytes: Uint8Array<ArrayBuffer>): void {
    const part = this.#part!
    const { maxFileSize } = this.#limits
    part.chunks.push(bytes)
    part.size += bytes.byteLength
    if (part.filename !== undefined && part.size > maxFileSize) {
      throw new HttpError(413, `A file in the form is larger than ${maxFileSize} bytes.`)
    }
  }

  end(): void {
    const { name, filename, type = 'text/plain', chunks, size } = this.#part!
    const { maxFiles } = this.#limits
    if (filename === undefined) {
      this.fields.push([name, decodeField(chunks)])
    } else if (filename !== '' || size > 0) {
      if (++this.#files > maxFiles) throw new HttpError(400, `The form has more than ${maxFiles} files.`)
      this.fields.push([name, new File(chunks, filename, { type })])
    }
  }
}

/** Rejects encodings that RFC 7578 §4.7 and §5.1 deprecate, because ignoring them would give wrong text and files. */
function checkEncoding(fieldType: string | undefined, transferEncoding: string | undefined): void {
  if (fieldType !== undefined && !isUtf8(parseContentType(fieldType).charset)) {
    throw new HttpError(415, 'The charset of a field of the form must be UTF-8.')
  }
  if (transferEncoding !== undefined && !/^(?:7bit|8bit|binary)$/i.test(transferEncoding)) {
    throw new HttpError(415, 'A part of the form must not have a Content-Transfer-Encoding.')
  }
}

function decodeField(chunks: readonly Uint8Array<ArrayBuffer>[]): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
  } catch (cause) {
    throw new HttpError(400, 'A field of the form is not valid UTF-8.', { cause })
  }
}
