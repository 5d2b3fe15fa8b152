import { HttpError } from '@tsgi/core'
import { type HeaderParameter, parseParameters } from './header-parameters.ts'

/** A parsed `Content-Type` field. */
export interface ContentType {
  /** The type and subtype in lower case, such as `application/json`. */
  readonly essence: string
  readonly boundary: string | undefined
  readonly charset: string | undefined
}

/** The value that nearly every client of an API sends. */
const JSON_TYPE: ContentType = { essence: 'application/json', boundary: undefined, charset: undefined }

const mediaType = /^[!#$%&'*+\-.^`|~\w]+\/[!#$%&'*+\-.^`|~\w]+/

/** Parses a `Content-Type` field (RFC 9110 §8.3). Throws 415 if it is malformed. */
export function parseContentType(field: string): ContentType {
  if (field === JSON_TYPE.essence) return JSON_TYPE
  const [essence] = mediaType.exec(field) ?? []
  const parameters = essence === undefined ? undefined : parseParameters(field, essence.length)
  if (essence === undefined || parameters === undefined) {
    throw new HttpError(415, 'The Content-Type is malformed.')
  }
  return {
    essence: essence.toLowerCase(),
    boundary: unquoted(parameters.get('boundary')),
    charset: unquoted(parameters.get('charset'))?.toLowerCase(),
  }
}

function unquoted(parameter: HeaderParameter | undefined): string | undefined {
  return parameter?.isQuoted ? parameter.text.replace(/\\(.)/gs, '$1') : parameter?.text
}

/** Throws 415 if a body has a content coding, such as `gzip`. */
export function checkNotEncoded(headers: Headers): void {
  const encoding = headers.get('content-encoding')
  if (encoding === null || /^(?:identity)?$/i.test(encoding)) return
  throw new HttpError(415, 'The request body must not be encoded.', {
    headers: { 'accept-encoding': 'identity' },
  })
}

/** Validates the boundary of a multipart body (RFC 2046 §5.1.1). Throws 400 if it is missing or malformed. */
export function checkBoundary(boundary: string | undefined): string {
  if (boundary === undefined || !/^[\w'()+,\-./:=? ]{0,69}[\w'()+,\-./:=?]$/.test(boundary)) {
    throw new HttpError(400, 'The Content-Type has no boundary or a malformed one.')
  }
  return boundary
}

/** Throws 415 if a body has a charset other than UTF-8. */
export function checkCharset({ charset }: ContentType): void {
  if (!isUtf8(charset)) throw new HttpError(415, 'The charset of the request body must be UTF-8.')
}

/** Checks that text in a charset can be decoded as UTF-8. */
export function isUtf8(charset: string | undefined): boolean {
  return charset === undefined || /^(?:utf-?8|us-ascii)$/.test(charset)
}

/** Reports whether a media type is in a range, such as `text/*` or `application/*+json` (RFC 6839). */
export function isInRange(essence: string, range: string): boolean {
  if (range === '*/*' || range === essence) return true
  const star = range.indexOf('*')
  if (star === -1) return false
  const [before, after] = [range.slice(0, star), range.slice(star + 1)]
  return (
    essence.length > before.length + after.length && essence.startsWith(before) && essence.endsWith(after)
  )
}
