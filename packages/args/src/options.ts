import type { Environ } from '@tsgi/core'
import type { z } from 'zod'
import { type Body, isBody } from './body/body-schema.ts'
import type { Limits } from './body/limits.ts'
import type { InvalidArgument } from './invalid-arguments.ts'
import { definitionOf, isSchema, type Schema } from './schema/schema.ts'

/** The options of `args`. Each part that is declared becomes a key of `environ.args`. */
export interface ArgsOptions<
  P extends Schema | undefined,
  Q extends Schema | undefined,
  H extends Schema | undefined,
  C extends Schema | undefined,
  B extends Schema | Body | undefined,
  Needs extends object,
> {
  /** What the router's `params` must fit. */
  readonly path?: P
  /** What the query must fit: strings, and arrays of them where the schema has an array. */
  readonly query?: Q
  /** What the header fields must fit: strings, under names in lower case. */
  readonly headers?: H
  /** What the cookies must fit: decoded strings. */
  readonly cookies?: C
  /**
   * What the body must fit: a schema alone takes JSON or a form, `jsonBody`, `formBody`, `textBody` and `bytesBody` what
   * they say.
   */
  readonly body?: B
  /** What JSON responses must fit, by status; checked unless `NODE_ENV` is `production`. */
  readonly returns?: Readonly<Record<number, Schema>>
  /**
   * Answers a request whose arguments are invalid, in the place of a 422. What it needs of the environ it says in its
   * type.
   */
  readonly onInvalid?: OnInvalid<ValuesOf<P, Q, H, C, B>, Needs>
  /** What a client may send at most. */
  readonly limits?: Limits
}

/** What a page that takes the errors is given. */
export interface Invalid<Values = Readonly<Record<string, unknown>>> {
  /** All that is wrong, in every part. */
  readonly errors: readonly InvalidArgument[]
  /** What was sent, by part, as it came: for a form to show again what was typed. Nothing in it was checked. */
  readonly values: Values
}

/** Answers a request whose arguments are invalid. */
export type OnInvalid<Values, E extends object> = (
  invalid: Invalid<Values>,
  environ: Environ & E,
) => Response | Promise<Response>

/** What `args` adds to the environ: the output of each schema that was declared. */
export type ArgsOf<P, Q, H, C, B> = {
  readonly [K in keyof PartsOf<P, Q, H, C, B>]: z.core.output<SchemaOf<PartsOf<P, Q, H, C, B>[K]>>
}

/** What was sent, by part: the keys that each schema takes, unchecked. */
export type ValuesOf<P, Q, H, C, B> = {
  readonly [K in keyof PartsOf<P, Q, H, C, B>]: Unchecked<z.core.input<SchemaOf<PartsOf<P, Q, H, C, B>[K]>>>
}

/** What `args` needs of the environ: the router's `params`, where the path is declared. */
export type RequiresOf<P> = [P] extends [undefined] ? object : { readonly params: object }

type PartsOf<P, Q, H, C, B> = Given<{ path: P; query: Q; headers: H; cookies: C; body: B }>

type Given<T> = { [K in keyof T as T[K] extends undefined ? never : K]: T[K] }

type SchemaOf<T> = T extends Body<infer S> ? S : T extends Schema ? T : never

type Unchecked<T> = [T] extends [readonly unknown[] | string]
  ? unknown
  : [T] extends [object | null | undefined]
    ? { readonly [K in KeyOf<NonNullable<T>>]?: unknown }
    : unknown

type KeyOf<T> = T extends unknown ? keyof T : never

/** Any options of `args`, as far as they declare something. */
export type AnyOptions = Omit<
  ArgsOptions<
    Schema | undefined,
    Schema | undefined,
    Schema | undefined,
    Schema | undefined,
    Schema | Body | undefined,
    object
  >,
  'onInvalid'
>

const OPTIONS = ['path', 'query', 'headers', 'cookies', 'body', 'returns', 'onInvalid', 'limits']

/** Throws a `TypeError` that names the option that is none. */
export function checkOptions(options: object): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('args: options must be an object')
  const { body, returns, onInvalid, headers, ...others } = options as AnyOptions & { onInvalid?: unknown }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) throw new TypeError(`args: there is no option '${unknown}'`)
  for (const name of ['path', 'query', 'cookies'] as const) checkSchema(name, others[name])
  checkSchema('headers', headers)
  if (!isBody(body)) checkSchema('body', body)
  for (const [status, schema] of Object.entries(returns ?? {})) {
    if (!/^[2-5]\d\d$/.test(status)) throw new TypeError(`args: returns has '${status}', which is no status`)
    checkSchema(`returns[${status}]`, schema)
  }
  if (onInvalid !== undefined && typeof onInvalid !== 'function') {
    throw new TypeError('args: onInvalid must be a function')
  }
  const upper = Object.keys(headers ? (definitionOf(headers).shape ?? {}) : {}).find((name) =>
    /[A-Z]/.test(name),
  )
  if (upper !== undefined) throw new TypeError(`args: headers.${upper} must be in lower case`)
}

function checkSchema(name: string, schema: unknown): void {
  if (schema !== undefined && !isSchema(schema)) {
    throw new TypeError(`args: ${name} must be a schema of zod 4`)
  }
}
