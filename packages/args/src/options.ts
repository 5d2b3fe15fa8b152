import type { Environ, RouteMetadata } from '@tsgi/core'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import type { BodySchema } from './body/body-schema.ts'
import type { FormFile } from './body/form-file.ts'
import type { ArgsLimits } from './body/limits.ts'
import type { InvalidArgument } from './invalid-arguments.ts'
import type { ResponseSchemas } from './openapi/declaration.ts'
import type { Reply } from './reply.ts'
import type { InputOf, OutputOf } from './schema/inferred-types.ts'

/** The options of {@link args} that describe the route in documents such as OpenAPI. */
export type DescriptiveOptions = Pick<
  RouteMetadata,
  'summary' | 'description' | 'tags' | 'operationId' | 'deprecated' | 'hidden' | 'security'
>

/** The options of {@link args}. Each declared part becomes a key of `environ.args`. */
export interface ArgsOptions<
  P extends StandardSchemaV1,
  Q extends StandardSchemaV1,
  H extends StandardSchemaV1,
  C extends StandardSchemaV1,
  B extends StandardSchemaV1 | BodySchema,
  R extends ResponseSchemas,
  Needs extends object,
> extends DescriptiveOptions {
  /** The schema of the router's `params`: strings, and lists of strings for wildcards. */
  readonly path?: P
  /** The schema of the query: strings, and lists of strings if the schema has a list. */
  readonly query?: Q
  /** The schema of the headers: strings, under names in lower case. */
  readonly headers?: H
  /** The schema of the cookies: decoded strings. */
  readonly cookies?: C
  /**
   * The schema of the body. A plain schema accepts JSON and forms; wrap it in `jsonBody` or `formBody` to accept only one
   * of them, and use `textBody` or `bytesBody` for other bodies.
   */
  readonly body?: B
  /**
   * The schemas of JSON responses, by status. They determine the types of `environ.reply`. Responses are checked unless
   * `NODE_ENV` is `production`.
   */
  readonly responses?: R
  /** Responds to a request with invalid arguments, instead of 422. The type of its second parameter declares what it requires. */
  readonly onInvalid?: OnInvalid<ValuesOf<P, Q, H, C, B>, Needs>
  /** The limits for a request. */
  readonly limits?: ArgsLimits
}

/** A request with invalid arguments. */
export interface InvalidRequest<Values = Readonly<Record<string, unknown>>> {
  /** The errors of all parts. */
  readonly errors: readonly InvalidArgument[]
  /** The values that were sent, by part, to fill in a form again. They are not validated. */
  readonly values: Values
}

/** Responds to a request with invalid arguments. */
export type OnInvalid<Values, E extends object> = (
  invalid: InvalidRequest<Values>,
  environ: Environ & E,
) => Response | Promise<Response>

/** The type of `environ.args`: the output of each declared schema. */
export type ArgsOf<P, Q, H, C, B> = {
  readonly [K in keyof PartsOf<P, Q, H, C, B>]: OutputOf<SchemaOf<PartsOf<P, Q, H, C, B>[K]>> &
    ValuesOfFiles<PartsOf<P, Q, H, C, B>[K]>
}

/** The values of the files that a body declares, by name. */
type ValuesOfFiles<T> = [FilesOf<T>] extends [never]
  ? unknown
  : { readonly [K in keyof FilesOf<T>]: FilesOf<T>[K] extends FormFile<infer Value> ? Value : never }

/** The type of the declared files of a body; never if there are none. */
type FilesOf<T> =
  T extends BodySchema<StandardSchemaV1, infer F> ? (keyof F extends never ? never : F) : never

/** The type of the keys that {@link args} adds to the environ. */
export type ArgsProvides<P, Q, H, C, B, R extends ResponseSchemas> = {
  args: ArgsOf<P, Q, H, C, B>
} & ([R] extends [never] ? object : { reply: Reply<R> })

/** The type of the values that were sent, by part: the keys of each schema, with unknown values. */
export type ValuesOf<P, Q, H, C, B> = {
  readonly [K in keyof PartsOf<P, Q, H, C, B>]: Unchecked<InputOf<SchemaOf<PartsOf<P, Q, H, C, B>[K]>>>
}

/** The keys that `args` requires in the environ. */
export type ArgsRequires<P, B> = RequiresOfPath<P> & RequiresOfFiles<B>

/** The keys that the functions of the declared files require. */
type RequiresOfFiles<B> = [FilesOf<B>] extends [never]
  ? object
  : IntersectionOf<
      {
        [K in keyof FilesOf<B>]: FilesOf<B>[K] extends FormFile<unknown, infer Needs> ? Needs : never
      }[keyof FilesOf<B>]
    >

type IntersectionOf<T> = (T extends unknown ? (value: T) => void : never) extends (value: infer I) => void
  ? I
  : never

/** The router's `params`, with the keys of the path schema. */
type RequiresOfPath<P> = [P] extends [never]
  ? object
  : P extends StandardSchemaV1
    ? { readonly params: ParamsOf<InputOf<P>> }
    : never

type ParamsOf<Input> = unknown extends Input ? object : { readonly [K in keyof Input]: ParamOf<Input[K]> }

/** Parameters are strings; those of wildcards are lists of strings. */
type ParamOf<T> = unknown extends T
  ? unknown
  : [Exclude<T, readonly unknown[] | null | undefined>] extends [never]
    ? readonly string[]
    : [Extract<T, readonly unknown[]>] extends [never]
      ? string
      : string | readonly string[]

/** The schemas that clients need to know, as they were declared: nothing is computed until a client asks. */
export type DeclaredSchemas<Q, H, B, R> = Given<{ query: Q; headers: H; body: B; responses: R }>

type PartsOf<P, Q, H, C, B> = Given<{ path: P; query: Q; headers: H; cookies: C; body: B }>

type Given<T> = { [K in keyof T as [T[K]] extends [never] ? never : K]: T[K] }

type SchemaOf<T> = T extends BodySchema<infer S> ? S : T extends StandardSchemaV1 ? T : never

type Unchecked<T> = [T] extends [readonly unknown[] | string]
  ? unknown
  : [T] extends [object | null | undefined]
    ? { readonly [K in KeyOf<NonNullable<T>>]?: unknown }
    : unknown

type KeyOf<T> = T extends unknown ? keyof T : never

/** The options of {@link args} of which at least one declares something. */
export type AnyArgsOptions = Omit<
  ArgsOptions<
    StandardSchemaV1,
    StandardSchemaV1,
    StandardSchemaV1,
    StandardSchemaV1,
    StandardSchemaV1 | BodySchema,
    ResponseSchemas,
    object
  >,
  'onInvalid'
>
