import type { Awaitable, Environ } from '@tsgi/core'
import type { Limits, StandardSchemaV1 } from '@tsgi/core/options'
import { parseCookie } from 'cookie'
import { type BodyInput, bodyReader } from './body/body-reader.ts'
import { checkCount, fieldCollector, type PartInput, parsePairs } from './body/fields.ts'
import type { ArgsLimits } from './body/limits.ts'
import type { RequestPart } from './invalid-arguments.ts'
import type { ArgsDeclaration } from './openapi/declaration.ts'
import { validator } from './schema/validator.ts'

/** Reads and validates one part of a request. */
export interface PartReader {
  readonly part: RequestPart
  readonly read: (environ: Environ) => Awaitable<BodyInput>
  readonly validate: ReturnType<typeof validator>
  /** Whether reading hands files to functions of the application. */
  readonly receivesFiles: boolean
}

/** Returns a reader for each declared part, the body last. */
export function partReaders(declaration: ArgsDeclaration, limits: Limits<ArgsLimits>): readonly PartReader[] {
  const readers: PartReader[] = []
  const { path, query, headers, cookies, body } = declaration
  const add = (
    part: RequestPart,
    schema: StandardSchemaV1,
    read: PartReader['read'],
    receivesFiles = false,
  ) => readers.push({ part, read, validate: validator(schema), receivesFiles })
  if (path) add('path', path, readPath)
  if (query) add('query', query, queryReader(query, limits))
  if (headers) add('headers', headers, headersReader(headers))
  if (cookies) add('cookies', cookies, cookieReader(cookies, limits))
  if (body) add('body', body.schema, bodyReader(body, limits), Object.keys(body.files).length > 0)
  return readers
}

function readPath(environ: Environ & { readonly params?: object }): PartInput {
  if (environ.params !== undefined) return { value: environ.params }
  throw new TypeError(
    'args: path is declared, but environ.params is missing. Put the application in a router.',
  )
}

function queryReader(schema: StandardSchemaV1, { maxFields }: Limits<ArgsLimits>): PartReader['read'] {
  const collect = fieldCollector(schema)
  return function readQuery({ queryString }) {
    return collect(parsePairs(queryString, maxFields, 'query'))
  }
}

function headersReader(schema: StandardSchemaV1): PartReader['read'] {
  const collect = fieldCollector(schema)
  return function readHeaders({ headers }) {
    return collect(headers)
  }
}

function cookieReader(schema: StandardSchemaV1, { maxFields }: Limits<ArgsLimits>): PartReader['read'] {
  const collect = fieldCollector(schema)
  return function readCookies({ headers }) {
    const field = headers.get('cookie') ?? ''
    checkCount(field, ';', maxFields, 'Cookie header')
    return collect(Object.entries(parseCookie(field)) as [string, string][])
  }
}
