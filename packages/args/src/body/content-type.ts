import { HttpError } from '@tsgi/core'

/** A `Content-Type` field, parsed. */
export interface ContentType {
  /** The type and subtype in lower case, as `application/json`. */
  readonly essence: string
  readonly boundary: string | undefined
  readonly charset: string | undefined
}

const token = /[!#$%&'*+\-.^`|~\w]+/.source
const mediaType = new RegExp(`^(${token}/${token})\\s*`)
const parameter = new RegExp(`;\\s*(?:(${token})=(?:"((?:[^"\\\\]|\\\\.)*)"|(${token})))?\\s*`, 'y')

/** What nearly every client of an API sends. */
const JSON_TYPE: ContentType = { essence: 'application/json', boundary: undefined, charset: undefined }

/** Parses a `Content-Type` field (RFC 9110 §8.3). Throws a 415 for one that is malformed. */
export function parseContentType(field: string): ContentType {
  if (field === JSON_TYPE.essence) return JSON_TYPE
  const essence = mediaType.exec(field)
  if (essence === null) throw new HttpError(415, 'The Content-Type is malformed.')
  const parameters = new Map<string, string>()
  parameter.lastIndex = essence[0].length
  while (parameter.lastIndex < field.length) {
    const match = parameter.exec(field)
    if (match === null) throw new HttpError(415, 'The Content-Type is malformed.')
    const [, name, quoted, plain] = match
    const value = plain ?? quoted?.replace(/\\(.)/g, '$1')
    if (name !== undefined && value !== undefined) parameters.set(name.toLowerCase(), value)
  }
  return {
    essence: essence[1]!.toLowerCase(),
    boundary: parameters.get('boundary'),
    charset: parameters.get('charset')?.toLowerCase(),
  }
}

/** Whether a media type is in a range, as `text/*` or `application/*+json` (a structured suffix, RFC 6839). */
export function inRange(essence: string, range: string): boolean {
  if (range === '*/*' || range === essence) return true
  const star = range.indexOf('*')
  if (star === -1) return false
  const [before, after] = [range.slice(0, star), range.slice(star + 1)]
  return (
    essence.length > before.length + after.length && essence.startsWith(before) && essence.endsWith(after)
  )
}
