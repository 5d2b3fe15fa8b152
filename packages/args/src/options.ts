import type { Environ } from '@tsgi/core'
import { checkOptions, describe } from '@tsgi/core/options'
import { type BodySchema, isBodySchema, toBodySchema } from './body/body-schema.ts'
import type { ArgsLimits } from './body/limits.ts'
import type { InvalidArgument } from './invalid-arguments.ts'
import type { ResponseSchemas } from './openapi/declaration.ts'
import { inputShape } from './schema/input-shape.ts'
import { type InputOf, isSchema, type OutputOf, type StandardSchemaV1 } from './schema/standard-schema.ts'
import { type Carrier, findUnsendable } from './schema/unsendable.ts'

/** The options of {@link args}. Each declared part becomes a key of `environ.args`. */
export interface ArgsOptions<
  P extends StandardSchemaV1,
  Q extends StandardSchemaV1,
  H extends StandardSchemaV1,
  C extends StandardSchemaV1,
  B extends StandardSchemaV1 | BodySchema,
  Needs extends object,
> {
  /** The schema of the router's `params`: strings, and lists of strings for wildcards. */
  readonly path?: P
  /** The schema of the query: strings, and lists of strings if the schema has a list. */
  readonly query?: Q
  /** The schema of the header fields: strings, under names in lower case. */
  readonly headers?: H
  /** The schema of the cookies: decoded strings. */
  readonly cookies?: C
  /**
   * The schema of the body. A schema alone accepts JSON and forms; wrap it in `jsonBody` or `formBody` to accept only one
   * of them, and use `textBody` or `bytesBody` for other bodies.
   */
  readonly body?: B
  /** The schemas of JSON responses, by status. Responses are checked unless `NODE_ENV` is `production`. */
  readonly responses?: ResponseSchemas
  /** Answers a request with invalid arguments, instead of 422. Its second parameter declares what it needs of the environ. */
  readonly onInvalid?: OnInvalid<ValuesOf<P, Q, H, C, B>, Needs>
  /** The most that a client may send. */
  readonly limits?: ArgsLimits
}

/** A request with invalid arguments. */
export interface InvalidRequest<Values = Readonly<Record<string, unknown>>> {
  /** All errors, in every part. */
  readonly errors: readonly InvalidArgument[]
  /** What was sent, by part, to fill in a form again. It is not validated. */
  readonly values: Values
}

/** Answers a request with invalid arguments. */
export type OnInvalid<Values, E extends object> = (
  invalid: InvalidRequest<Values>,
  environ: Environ & E,
) => Response | Promise<Response>

/** The type of `environ.args`: the output of each declared schema. */
export type ArgsOf<P, Q, H, C, B> = {
  readonly [K in keyof PartsOf<P, Q, H, C, B>]: OutputOf<SchemaOf<PartsOf<P, Q, H, C, B>[K]>>
}

/** The type of what was sent, by part: the keys that each schema takes, with unknown values. */
export type ValuesOf<P, Q, H, C, B> = {
  readonly [K in keyof PartsOf<P, Q, H, C, B>]: Unchecked<InputOf<SchemaOf<PartsOf<P, Q, H, C, B>[K]>>>
}

/** What `args` requires of the environ: the router's `params`, with the keys of the schema of the path. */
export type ArgsRequires<P> = [P] extends [never]
  ? object
  : P extends StandardSchemaV1
    ? { readonly params: ParamsOf<InputOf<P>> }
    : never

type ParamsOf<Input> = unknown extends Input ? object : { readonly [K in keyof Input]: ParamOf<Input[K]> }

/** Parameters are strings, and those of wildcards lists of strings. */
type ParamOf<T> = unknown extends T
  ? unknown
  : [Exclude<T, readonly unknown[] | null | undefined>] extends [never]
    ? readonly string[]
    : [Extract<T, readonly unknown[]>] extends [never]
      ? string
      : string | readonly string[]

type PartsOf<P, Q, H, C, B> = Given<{ path: P; query: Q; headers: H; cookies: C; body: B }>

type Given<T> = { [K in keyof T as [T[K]] extends [never] ? never : K]: T[K] }

type SchemaOf<T> = T extends BodySchema<infer S> ? S : T extends StandardSchemaV1 ? T : never

type Unchecked<T> = [T] extends [readonly unknown[] | string]
  ? unknown
  : [T] extends [object | null | undefined]
    ? { readonly [K in KeyOf<NonNullable<T>>]?: unknown }
    : unknown

type KeyOf<T> = T extends unknown ? keyof T : never

/** Any options of {@link args}, as far as they declare something. */
export type AnyArgsOptions = Omit<
  ArgsOptions<
    StandardSchemaV1,
    StandardSchemaV1,
    StandardSchemaV1,
    StandardSchemaV1,
    StandardSchemaV1 | BodySchema,
    object
  >,
  'onInvalid'
>

const OPTIONS = ['path', 'query', 'headers', 'cookies', 'body', 'responses', 'onInvalid', 'limits']

/** Throws a `TypeError` that names the option that is unknown or invalid. */
export function checkArgsOptions(options: object): void {
  checkOptions('args', options, OPTIONS)
  const { path, query, headers, cookies, body, responses, onInvalid } = options as AnyArgsOptions & {
    onInvalid?: unknown
  }
  for (const [name, value] of Object.entries(options)) {
    // An undefined schema, such as one of a circular import, would leave the part unchecked.
    if (value === undefined) throw new TypeError(`args: ${name} is undefined; leave it out if there is none`)
  }
  if (onInvalid !== undefined && typeof onInvalid !== 'function') {
    throw new TypeError(`args: onInvalid must be a function, got ${describe(onInvalid)}`)
  }
  if (path) checkSchema('path', path, 'fields')
  if (query) checkSchema('query', query, 'fields')
  if (headers) checkHeaders(headers)
  if (cookies) checkSchema('cookies', cookies, 'fields')
  if (body) checkBody(body)
  for (const [status, schema] of Object.entries(responses ?? {})) {
    if (!/^[2-5]\d\d$/.test(status)) {
      throw new TypeError(
        `args: responses must have statuses from 200 to 599 as keys, got ${describe(status)}`,
      )
    }
    checkSchema(`responses[${status}]`, schema, 'json')
  }
}

function checkHeaders(schema: StandardSchemaV1): void {
  checkSchema('headers', schema, 'fields')
  for (const name of inputShape(schema).fields.named.keys()) {
    if (/[A-Z]/.test(name)) {
      throw new TypeError(`args: headers must have names in lower case, got ${describe(name)}`)
    }
  }
}

function checkBody(body: StandardSchemaV1 | BodySchema): void {
  if (!isBodySchema(body)) checkIsSchema('body', body)
  const { schema, types } = toBodySchema(body)
  const formats = types.map(([, format]) => format)
  const carriers: Carrier[] = [
    ...(formats.includes('json') ? ['json' as const] : []),
    ...(formats.includes('multipart') ? ['form' as const] : []),
  ]
  const shape = inputShape(schema)
  const found = carriers.map((carrier) => findUnsendable(shape, carrier))
  if (found[0] && found.every(Boolean)) throw unsendable('body', found[0], carriers)
}

/** Refuses a schema that no value can meet that is sent this way. */
function checkSchema(name: string, schema: unknown, carrier: Carrier): void {
  checkIsSchema(name, schema)
  const found = findUnsendable(inputShape(schema), carrier)
  if (found !== undefined) throw unsendable(name, found, [carrier])
}

function checkIsSchema(name: string, schema: unknown): asserts schema is StandardSchemaV1 {
  if (isSchema(schema)) return
  throw new TypeError(`args: ${name} must be a Standard Schema, such as one of zod, got ${describe(schema)}`)
}

const CARRIED: Record<Carrier, string> = {
  json: 'JSON',
  fields: 'text',
  form: 'a form',
}

function unsendable(
  name: string,
  { path, type }: { path: readonly string[]; type: string },
  carriers: readonly Carrier[],
): TypeError {
  const carried = carriers.map((carrier) => CARRIED[carrier]).join(' or ')
  return new TypeError(
    `args: ${[name, ...path].join('.')} expects ${type}, which cannot be sent as ${carried}. ` +
      'Use a schema that converts text, such as z.coerce.number() or z.coerce.date() of zod.',
  )
}
