import { z } from 'zod'
import { isSchema, type Schema, unwrap } from '../schema/schema.ts'

/** How a body is read: chosen by its `Content-Type` among those that were declared. */
export type BodyKind = 'json' | 'urlencoded' | 'multipart' | 'text' | 'bytes'

/** A body as declared, made by {@link jsonBody}, {@link formBody}, {@link textBody} or {@link bytesBody}. */
export interface Body<S extends Schema = Schema> {
  readonly schema: S
  /** The media types or ranges accepted, and how each is read; the first that fits counts. */
  readonly types: readonly (readonly [range: string, kind: BodyKind])[]
}

/** The options of {@link textBody} and {@link bytesBody}. */
export interface RawBodyOptions<S extends Schema> {
  /** What the text or the bytes must fit; anything unless given. */
  readonly schema?: S
  /** The media types accepted, as `text/csv`, or ranges of them, as `image/*`. */
  readonly types?: readonly string[]
}

const JSON_TYPES = [
  ['application/json', 'json'],
  ['application/*+json', 'json'],
] as const
const FORM_TYPES = [
  ['application/x-www-form-urlencoded', 'urlencoded'],
  ['multipart/form-data', 'multipart'],
] as const

/**
 * A body that must be JSON: `application/json` or a type that ends in `+json`. Anything else is answered 415. A form
 * of another site cannot send one without asking first, so it is what an API behind cookies should declare.
 *
 * Source: RFC 8259; RFC 6839 §3.1.
 *
 * @throws TypeError where the schema is not one of zod 4.
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
export function jsonBody<S extends Schema>(schema: S): Body<S> {
  return { schema: checkSchema(schema, 'jsonBody'), types: JSON_TYPES }
}

/**
 * A body that must be a form, urlencoded or multipart, as browsers send them. A field is a string, a file a `File`;
 * a key that the schema has an array for is an array. A file input that was left empty is left out.
 *
 * Source: URL standard, "application/x-www-form-urlencoded"; RFC 7578.
 *
 * @throws TypeError where the schema is not one of zod 4.
 *
 * @example
 * ```ts
 * import { args, formBody } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { z } from 'zod'
 *
 * const Upload = formBody(z.object({ tags: z.array(z.string()), photo: z.file().max(1000) }))
 * const web = client(args({ body: Upload })(({ args }) => json([args.body.tags, args.body.photo.name])))
 *
 * const form = new FormData()
 * form.append('tags', 'sea')
 * form.append('photo', new File(['…'], 'sea.png', { type: 'image/png' }))
 * const response = await web.post('/', { form })
 * await response.json() // => [['sea'], 'sea.png']
 * ```
 */
export function formBody<S extends Schema>(schema: S): Body<S> {
  return { schema: checkSchema(schema, 'formBody'), types: FORM_TYPES }
}

/**
 * A body of text, UTF-8: of any `text/*` type unless `types` says which. No body is the empty string.
 *
 * @throws TypeError where the schema is not one of zod 4, or a type is no media type.
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
export function textBody<S extends Schema<unknown, string> = z.ZodString>({
  schema = z.string() as Schema as S,
  types = ['text/*'],
}: RawBodyOptions<S> = {}): Body<S> {
  return {
    schema: checkSchema(schema, 'textBody'),
    types: checkTypes(types, 'textBody').map((range) => [range, 'text']),
  }
}

/**
 * A body as its bytes, a `Uint8Array`: of any type, or none, unless `types` says which.
 *
 * @throws TypeError where the schema is not one of zod 4, or a type is no media type.
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
export function bytesBody<S extends Schema<unknown, Uint8Array> = z.ZodType<Uint8Array, Uint8Array>>({
  schema = z.instanceof(Uint8Array) as Schema as S,
  types = ['*/*'],
}: RawBodyOptions<S> = {}): Body<S> {
  return {
    schema: checkSchema(schema, 'bytesBody'),
    types: checkTypes(types, 'bytesBody').map((range) => [range, 'bytes']),
  }
}

/** The body that was declared, a bare schema being JSON, or a form where it could be one. */
export function bodyOf(declared: Schema | Body): Body {
  if (!isSchema(declared)) return declared
  return { schema: declared, types: [...JSON_TYPES, ...(canBeForm(declared) ? FORM_TYPES : [])] }
}

/** Whether the value was made by one of the functions above. */
export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && 'types' in value && 'schema' in value
}

const NO_FORM = ['string', 'number', 'boolean', 'bigint', 'null', 'array', 'tuple', 'literal', 'enum']

function canBeForm(schema: Schema): boolean {
  return !NO_FORM.includes(unwrap(schema).type)
}

function checkSchema<S extends Schema>(schema: S, name: string): S {
  if (!isSchema(schema)) throw new TypeError(`${name}: schema must be a schema of zod 4`)
  return schema
}

function checkTypes(types: readonly string[], name: string): readonly string[] {
  const wrong = types.find((type) => !/^(?:\*\/\*|[\w.+-]+\/[\w.+*-]+)$/.test(type))
  if (types.length === 0 || wrong !== undefined) {
    throw new TypeError(`${name}: types must be media types or ranges of them, got '${wrong ?? ''}'`)
  }
  return types.map((type) => type.toLowerCase())
}
