import { describe } from './describe.ts'

/**
 * A schema of any library that implements Standard Schema: zod, valibot, arktype and others.
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
    readonly jsonSchema?: {
      readonly input: (options: JsonSchemaOptions) => Readonly<Record<string, unknown>>
    }
  }
}

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

/**
 * Rejects a value that is not a Standard Schema. The schemas of arktype are functions.
 *
 * @param option The name that the error message begins with.
 * @throws TypeError naming the option and the value received.
 *
 * @example
 * ```ts
 * import { checkSchema } from '@tsgi/core/options'
 * import { z } from 'zod'
 *
 * checkSchema('form: schema', z.object({})) // => undefined
 * try {
 *   checkSchema('form: schema', {})
 * } catch (error) {
 *   String(error).slice(0, 53) // => 'TypeError: form: schema must be a Standard Schema, su'
 * }
 * ```
 */
export function checkSchema(option: string, value: unknown): asserts value is StandardSchemaV1 {
  const { '~standard': standard } = Object(value) as { '~standard'?: { validate?: unknown } }
  if (typeof standard?.validate === 'function') return
  throw new TypeError(`${option} must be a Standard Schema, such as a zod schema, got ${describe(value)}`)
}
