import type { z } from 'zod'

/** Any schema of zod 4, of `zod/mini` too. */
export type Schema<Output = unknown, Input = unknown> = z.core.$ZodType<Output, Input>

/** What a schema's definition may hold, as far as this package looks at it. */
export interface Definition {
  readonly type: string
  readonly innerType?: Schema
  readonly in?: Schema
  readonly out?: Schema
  readonly getter?: () => Schema
  readonly shape?: Readonly<Record<string, Schema>>
  readonly catchall?: Schema
  readonly valueType?: Schema
  readonly options?: readonly Schema[]
  readonly left?: Schema
  readonly right?: Schema
  readonly element?: Schema
  readonly items?: readonly Schema[]
  readonly rest?: Schema | null
  readonly transform?: unknown
  readonly checks?: readonly z.core.$ZodCheck[]
}

export function definitionOf(schema: Schema): Definition {
  return schema._zod.def as unknown as Definition
}

/** Whether the value is a schema of zod 4. */
export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && '_zod' in value
}

/**
 * The definition that says what a schema takes: without `optional`, `default`, `nullable` and the like; of a pipe its
 * first part, or the one behind it where the first is a bare function (`z.preprocess`).
 */
export function unwrap(schema: Schema): Definition {
  const definition = definitionOf(schema)
  if (definition.innerType) return unwrap(definition.innerType)
  if (definition.getter) return unwrap(definition.getter())
  if (definition.in && definition.out) {
    const first = unwrap(definition.in)
    return ['transform', 'any', 'unknown', 'custom'].includes(first.type) ? unwrap(definition.out) : first
  }
  return definition
}
