import type { Awaitable, Environ } from '@tsgi/core'
import { parseCookie } from 'cookie'
import { bodyReader, type Input } from './body/body-reader.ts'
import { checkCount, fieldGatherer, parsePairs } from './body/fields.ts'
import type { Limits } from './body/limits.ts'
import type { Part } from './invalid-arguments.ts'
import type { Declared } from './openapi/declaration.ts'
import type { Schema } from './schema/schema.ts'
import { validator } from './schema/validator.ts'

/** One part of a request: how it is read, and what says whether it fits. */
export interface PartReader {
  readonly part: Part
  readonly read: (environ: Environ) => Awaitable<Input>
  readonly validate: ReturnType<typeof validator>
}

/** How each declared part is read, the body last. */
export function partReaders(declared: Declared, limits: Required<Limits>): readonly PartReader[] {
  const readers: PartReader[] = []
  const { path, query, headers, cookies, body } = declared
  const add = (part: Part, schema: Schema, read: PartReader['read']) =>
    readers.push({ part, read, validate: validator(schema) })
  if (path) add('path', path, readPath)
  if (query) add('query', query, queryReader(query, limits))
  if (headers) add('headers', headers, readHeaders)
  if (cookies) add('cookies', cookies, cookieReader(limits))
  if (body) add('body', body.schema, bodyReader(body, limits))
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
