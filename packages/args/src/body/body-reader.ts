import { type Awaitable, type Environ, HttpError, readBody, readChunks } from '@tsgi/core'
import type { Body, BodyKind } from './body-schema.ts'
import { type ContentType, inRange, parseContentType } from './content-type.ts'
import { type Fields, fieldGatherer, parsePairs } from './fields.ts'
import { parseJson } from './json.ts'
import type { Limits } from './limits.ts'
import { readMultipart } from './multipart.ts'
import { decodeUtf8 } from './utf8.ts'

/** A part of the request as it came: the input of its schema, and the keys that should not have been repeated. */
export interface Input {
  readonly value: unknown
  readonly repeated: readonly string[]
}

/**
 * Makes the function that reads a body by its `Content-Type`. Without that field a body is refused, unless bytes of
 * any type are accepted, and no body is `undefined`, or the empty text or bytes.
 *
 * It throws a 415 for a type, charset or coding that is not accepted, a 413 for a body that is too large, and a 400
 * for one that is malformed.
 */
export function bodyReader(body: Body, limits: Required<Limits>): (environ: Environ) => Awaitable<Input> {
  const { schema, types } = body
  const gather = fieldGatherer(schema)

  function readAs(kind: BodyKind, type: ContentType, environ: Environ): Promise<Input> {
    if (kind === 'multipart') return readForm(type, environ)
    return readBody(environ, limits.body).then((bytes) => {
      if (kind === 'bytes') return { value: bytes, repeated: NONE }
      if (kind === 'json') return { value: parseJson(bytes, limits), repeated: NONE }
      const text = decodeUtf8(bytes)
      return kind === 'text'
        ? { value: text, repeated: NONE }
        : toInput(gather(parsePairs(text, limits.fields, 'form')))
    })
  }

  async function readForm({ boundary }: ContentType, environ: Environ): Promise<Input> {
    return toInput(gather(await readMultipart(environ, boundary, limits)))
  }

  async function readNothing(environ: Environ): Promise<Input> {
    for await (const _ of readChunks(environ, limits.body)) throw unsupported(body)
    return { value: nothing(body), repeated: NONE }
  }

  return function readByType(environ) {
    const { headers } = environ
    const encoding = headers.get('content-encoding')
    if (encoding !== null && !/^(?:identity)?$/i.test(encoding)) {
      throw new HttpError(415, 'The request body must not be encoded.', {
        headers: { 'accept-encoding': 'identity' },
      })
    }
    const field = headers.get('content-type') || (acceptsAnything(body) ? 'application/octet-stream' : null)
    if (field === null) return readNothing(environ)
    const type = parseContentType(field)
    const kind = types.find(([range]) => inRange(type.essence, range))?.[1]
    if (kind === undefined) throw unsupported(body)
    if (kind !== 'bytes' && type.charset !== undefined && !/^utf-?8$/.test(type.charset)) {
      throw new HttpError(415, 'The charset of the request body must be UTF-8.')
    }
    return readAs(kind, type, environ)
  }
}

const NONE: readonly string[] = []

function toInput({ values, repeated }: Fields<unknown>): Input {
  return { value: values, repeated }
}

function acceptsAnything({ types }: Body): boolean {
  return types.some(([range]) => range === '*/*')
}

function nothing({ types }: Body): unknown {
  const kind = types[0]?.[1]
  return kind === 'text' ? '' : kind === 'bytes' ? new Uint8Array() : undefined
}

/** `Accept` in a response says what a request may hold (RFC 9110 §12.5.1). */
function unsupported({ types }: Body): HttpError {
  const accept = types
    .map(([range]) => range)
    .filter((range) => !range.includes('*+'))
    .join(', ')
  return new HttpError(415, `The request body must be one of: ${accept}.`, { headers: { accept } })
}
