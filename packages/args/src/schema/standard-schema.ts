/**
 * A schema of any library that implements Standard Schema: zod, valibot, arktype and others. Schemas that implement
 * Standard JSON Schema as well are described by `openapi`, and their lists are recognized in queries and forms.
 *
 * Source: https://standardschema.dev, version 1.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    /** The name of the library. */
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    /** Present if the schema implements Standard JSON Schema. */
    readonly jsonSchema?: { readonly input: (options: JsonSchemaOptions) => JsonSchema }
  }
}

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown }

interface JsonSchemaOptions {
  readonly target: 'draft-2020-12'
  readonly libraryOptions?: Record<string, unknown> | undefined
}

/** The result of a validation. It failed if there are `issues`. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** A reason why a value is invalid. Libraries add their own members, such as `code` or `expected`. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The type of the values that a schema accepts. */
export type InputOf<S extends StandardSchemaV1> = NonNullable<S['~standard']['types']>['input']

/** The type of the values that a schema returns. */
export type OutputOf<S extends StandardSchemaV1> = NonNullable<S['~standard']['types']>['output']

/** Reports whether a value is a schema. Those of arktype are functions. */
export function isSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const { '~standard': standard } = value as { '~standard'?: { validate?: unknown } }
  return typeof standard?.validate === 'function'
}
