import type { Awaitable } from '@tsgi/core'
import { z } from 'zod'
import { definitionOf, type Schema } from './schema.ts'

type Result = z.core.util.SafeParseResult<unknown>

/**
 * Makes the function that validates by a schema: at once where nothing in the schema can wait, which zod does in half
 * the time, with code made for the schema; else by a promise.
 */
export function validator(schema: Schema): (value: unknown) => Awaitable<Result> {
  let synchronous: boolean | undefined
  return function validate(value) {
    // At the first request, not before: a lazy schema may name one that the module declares later.
    synchronous ??= isSynchronous(schema, new Set())
    return synchronous ? z.core.safeParse(schema, value) : z.core.safeParseAsync(schema, value)
  }
}

/** Types whose values are looked at by zod's own code alone, and those that are made of others. */
const TYPES = new Set([
  ...['string', 'number', 'boolean', 'bigint', 'null', 'undefined', 'any', 'unknown', 'never', 'date'],
  ...['literal', 'enum', 'template_literal', 'file', 'object', 'array', 'tuple', 'record', 'union'],
  ...[
    'intersection',
    'optional',
    'nonoptional',
    'nullable',
    'default',
    'prefault',
    'readonly',
    'pipe',
    'lazy',
  ],
])

/** The checks that are zod's own: not `custom`, by which `refine` and `check` call a function of the application's. */
const CHECKS = new Set([
  ...['less_than', 'greater_than', 'multiple_of', 'number_format', 'bigint_format', 'string_format'],
  ...['min_length', 'max_length', 'length_equals', 'min_size', 'max_size', 'size_equals', 'mime_type'],
  ...['overwrite', 'describe', 'meta'],
])

/** Schemas that are looked at; one of more might never end, as a lazy one that makes another each time. */
const MAX_SCHEMAS = 1000

/** Whether no function in a schema, however deep, can return a promise. What is not known here might. */
function isSynchronous(schema: Schema, seen: Set<Schema>): boolean {
  if (seen.has(schema)) return true
  if (seen.size === MAX_SCHEMAS) return false
  seen.add(schema)
  const definition = definitionOf(schema)
  const { type, checks = [], transform, shape = {}, items = [], options = [] } = definition
  if (!TYPES.has(type) || transform !== undefined) return false
  if (!checks.every((check) => CHECKS.has(check._zod.def.check))) return false
  const { innerType, element, valueType, catchall, rest, left, right, in: first, out } = definition
  const parts = [innerType, element, valueType, catchall, rest, left, right, first, out]
  const inner = [...parts, ...Object.values(shape), ...items, ...options, definition.getter?.()]
  return inner.every((part) => !part || isSynchronous(part, seen))
}
