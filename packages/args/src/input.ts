import type { Environ } from '@tsgi/core'
import { parseCookie } from 'cookie'
import { bodyReader, type Input } from './body-reader.ts'
import type { Declared } from './declared.ts'
import { checkCount, fieldGatherer, parsePairs } from './fields.ts'
import type { Part } from './invalid.ts'
import type { Limits } from './limits.ts'
import type { Schema } from './schema.ts'

/** One part of a request: what it must fit, and how it is read. */
export interface PartReader {
  readonly part: Part
  readonly schema: Schema
  readonly read: (environ: Environ) => Input | Promise<Input>
}

/** How each declared part is read, the body last. */
export function partReaders(declared: Declared, limits: Required<Limits>): readonly PartReader[] {
  const readers: PartReader[] = []
  const { path, query, headers, cookies, body } = declared
  if (path) readers.push({ part: 'path', schema: path, read: readPath })
  if (query) readers.push({ part: 'query', schema: query, read: queryReader(query, limits) })
  if (headers) readers.push({ part: 'headers', schema: headers, read: readHeaders })
  if (cookies) readers.push({ part: 'cookies', schema: cookies, read: cookieReader(limits) })
  if (body) readers.push({ part: 'body', schema: body.schema, read: bodyReader(body, limits) })
  return readers
}

function readPath(environ: Environ & { readonly params?: object }): Input {
  if (environ.params === undefined) {
    throw new TypeError('args: path is declared, but nothing outside adds params to the environ')
  }
  return { value: environ.params, repeated: [] }
}

function queryReader(schema: Schema, { fields }: Required<Limits>): PartReader['read'] {
  const gather = fieldGatherer(schema)
  return function readQuery({ queryString }) {
    const { values, repeated } = gather(parsePairs(queryString, fields, 'query'))
    return { value: values, repeated }
  }
}

function readHeaders({ headers }: Environ): Input {
  const value: Record<string, string> = Object.create(null)
  for (const [name, field] of headers) value[name] = field
  return { value, repeated: [] }
}

function cookieReader({ fields }: Required<Limits>): PartReader['read'] {
  return function readCookies({ headers }) {
    const field = headers.get('cookie') ?? ''
    checkCount(field, ';', fields, 'Cookie header')
    return { value: Object.assign(Object.create(null), parseCookie(field)), repeated: [] }
  }
}
