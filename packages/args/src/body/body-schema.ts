import { checkOptions, checkSchema, type Size, type StandardSchemaV1 } from '@tsgi/core/options'
import type { InputOf } from '../schema/inferred-types.ts'
import { inputShape } from '../schema/input-shape.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import type { FormFiles, NoFiles } from './form-file.ts'
import { checkTypes } from './media-ranges.ts'

/** How a body is parsed. */
export type BodyFormat = 'json' | 'urlencoded' | 'multipart' | 'text' | 'bytes'

/** A body schema and its media types, created by {@link jsonBody}, {@link formBody}, {@link textBody} or {@link bytesBody}. */
export interface BodySchema<
  S extends StandardSchemaV1 = StandardSchemaV1,
  F extends FormFiles = FormFiles,
  Format extends BodyFormat = BodyFormat,
> {
  /** The schema of the body; in a form, of everything but `files`. */
  readonly schema: S
  /** The accepted media types or ranges, and how each is parsed. The first match applies. */
  readonly types: readonly (readonly [range: string, format: Format])[]
  /** The declared files of a form. */
  readonly files: F
  /** The limits of single fields of a form. */
  readonly fields: Readonly<Record<string, { readonly maxSize: number }>>
}

/** The limits of single fields of a form, by name. */
export type FieldLimits = Readonly<Record<string, { readonly maxSize: Size }>>

/** The options of {@link textBody} and {@link bytesBody}. */
export interface RawBodyOptions<S extends StandardSchemaV1> {
  /** The schema of the text or bytes. By default, every value is valid. */
  readonly schema?: S
  /** The accepted media types, such as `text/csv`, or ranges, such as `image/*`. */
  readonly types?: readonly string[]
}

const JSON_TYPES = [
  ['application/json', 'json'],
  ['application/*+json', 'json'],
] as const
/** The media types of forms. */
export const FORM_TYPES = [
  ['application/x-www-form-urlencoded', 'urlencoded'],
  ['multipart/form-data', 'multipart'],
] as const

/**
 * Declares a JSON body: `application/json` or a type that ends in `+json`. Any other type is rejected with 415. A form on
 * another site cannot send such a body without a CORS preflight, which protects an API that authenticates with cookies.
 *
 * Source: RFC 8259; RFC 6839 §3.1.
 *
 * @throws TypeError if `schema` is not a schema.
 *
 * @example
 * ```ts
 * import { args, jsonBody } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { z } from 'zod'
 *
 * const web = client(args({ body: jsonBody(z.object({ n: z.number() })) })(({ args }) => json(args.body.n + 1)))
 * const response = await web.post('/', { json: { n: 1 } })
 * await response.json() // => 2
 * const refused = await web.post('/', { form: { n: '1' } })
 * refused.status // => 415
 * ```
 */
export function jsonBody<S extends StandardSchemaV1>(schema: S): BodySchema<S, NoFiles, 'json'> {
  checkSchema('jsonBody: schema', schema)
  return { schema, types: JSON_TYPES, files: {}, fields: {} }
}

/**
 * Declares a body of UTF-8 text, by default of any `text/*` type. If there is no body, the text is empty.
 *
 * @throws TypeError if `schema` is not a schema or a type is not a media type.
 *
 * @example
 * ```ts
 * import { args, textBody } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const web = client(args({ body: textBody() })(({ args }) => json(args.body.length)))
 * const response = await web.post('/', { body: 'four', headers: { 'content-type': 'text/plain' } })
 * await response.json() // => 4
 * ```
 */
export function textBody<S extends StandardSchemaV1 = StandardSchemaV1<string>>(
  options: RawBodyOptions<S & Accepts<S, string>> = {},
): BodySchema<S, NoFiles, 'text'> {
  return rawBody(options, 'text', ['text/*'], anyText)
}

/**
 * Declares a body of bytes, a `Uint8Array`, by default of any type or none. If there is no body, there are no bytes.
 *
 * @throws TypeError if `schema` is not a schema or a type is not a media type.
 *
 * @example
 * ```ts
 * import { args, bytesBody } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const image = bytesBody({ types: ['image/*'] })
 * const web = client(args({ body: image })(({ args }) => json(args.body.byteLength)))
 * const response = await web.post('/', { body: new Uint8Array(3), headers: { 'content-type': 'image/png' } })
 * await response.json() // => 3
 * ```
 */
export function bytesBody<S extends StandardSchemaV1 = StandardSchemaV1<Uint8Array>>(
  options: RawBodyOptions<S & Accepts<S, Uint8Array>> = {},
): BodySchema<S, NoFiles, 'bytes'> {
  return rawBody(options, 'bytes', ['*/*'], anyBytes)
}

function rawBody<S extends StandardSchemaV1, Format extends 'text' | 'bytes'>(
  options: RawBodyOptions<S>,
  format: Format,
  defaultTypes: readonly string[],
  defaultSchema: StandardSchemaV1,
): BodySchema<S, NoFiles, Format> {
  const name = `${format}Body`
  checkOptions(name, options, ['schema', 'types'])
  const { schema = defaultSchema as S, types = defaultTypes } = options
  checkSchema(`${name}: schema`, schema)
  const formats = checkTypes(types, name).map((range) => [range, format] as const)
  return { schema, types: formats, files: {}, fields: {} }
}

/** Returns the declared body. A plain schema accepts JSON, and forms unless it cannot be an object. */
export function toBodySchema(declared: StandardSchemaV1 | BodySchema): BodySchema {
  if (isBodySchema(declared)) return declared
  const canBeForm = inputShape(declared).accepts('object')
  const types = canBeForm ? [...JSON_TYPES, ...FORM_TYPES] : JSON_TYPES
  return { schema: declared, types, files: {}, fields: {} }
}

/** Checks that a value was created by {@link jsonBody} or one of the others. */
export function isBodySchema(value: unknown): value is BodySchema {
  return typeof value === 'object' && value !== null && 'types' in value && 'schema' in value
}

/** Constrains a schema to accept some value of type `T`. */
type Accepts<S extends StandardSchemaV1, T> =
  T extends InputOf<S> ? unknown : [Extract<InputOf<S>, T>] extends [never] ? StandardSchemaV1<T> : unknown

const anyText = schemaOf<string>({ type: 'string' }, (value) => typeof value === 'string')
const anyBytes = schemaOf<Uint8Array>({}, (value) => value instanceof Uint8Array)

function schemaOf<T>(json: JsonSchema, isValid: (value: unknown) => boolean): StandardSchemaV1<T> {
  return {
    '~standard': {
      version: 1,
      vendor: 'tsgi',
      validate: (value) =>
        isValid(value) ? { value: value as T } : { issues: [{ message: 'Invalid input' }] },
      jsonSchema: { input: () => json },
    },
  }
}
