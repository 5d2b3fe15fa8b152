import { HttpError } from '@tsgi/core'
import type { StandardIssue, StandardSchemaV1 } from '@tsgi/core/options'
import { type InputShape, inputShape } from '../schema/input-shape.ts'
import type { JsonSchema } from '../schema/json-schema.ts'

/** The input of a part's schema. */
export interface PartInput {
  readonly value: unknown
  /** Keys that were repeated although the schema takes a single value. */
  readonly repeated?: readonly string[]
  /** Returns another reading of the part, to try if the first one is invalid. */
  readonly retry?: (issues: readonly StandardIssue[]) => PartInput | undefined
}

/** Whether a key takes a single value, a list, or either. */
type Arity = 'one' | 'many' | 'either'

type Pairs = Iterable<readonly [string, unknown]>

/**
 * Returns the function that collects the pairs of a query or a form in an object without a prototype. A key becomes a list
 * if its schema only accepts a list. If the schema accepts both, the key becomes a list if it is repeated or invalid as a
 * single value. If any other key is repeated, its last value is kept and the key is reported.
 */
export function fieldCollector(schema: StandardSchemaV1): (pairs: Pairs) => PartInput {
  let arityOf: ((key: string) => Arity | undefined) | undefined
  return function collect(pairs) {
    // Not before the first request: a schema may refer to another one that its module declares later.
    arityOf ??= arities(inputShape(schema))
    const values: Record<string, unknown> = Object.create(null)
    const [repeated, single]: [string[], string[]] = [[], []]
    for (const [key, list] of grouped(pairs)) {
      const arity = arityOf(key)
      const isList = arity === 'many' || (arity === 'either' && list.length > 1)
      values[key] = isList ? list : list.at(-1)
      if (arity === 'one' && list.length > 1) repeated.push(key)
      if (arity === 'either' && list.length === 1) single.push(key)
    }
    return {
      value: values,
      repeated,
      ...(single.length > 0 && { retry: listsInstead(values, single, repeated) }),
    }
  }
}

function grouped(pairs: Pairs): Map<string, unknown[]> {
  const lists = new Map<string, unknown[]>()
  for (const [key, value] of pairs) {
    const list = lists.get(key)
    if (list === undefined) lists.set(key, [value])
    else list.push(value)
  }
  return lists
}

/** Wraps invalid single values in lists. Values that are invalid as lists, too, stay unchanged. */
function listsInstead(values: Record<string, unknown>, keys: readonly string[], repeated: readonly string[]) {
  const withLists = (lists: readonly string[]) =>
    Object.assign(Object.create(null), values, Object.fromEntries(lists.map((key) => [key, [values[key]]])))
  return function retry(issues: readonly StandardIssue[]): PartInput | undefined {
    const invalid = keys.filter((key) => concerns(issues, key))
    if (invalid.length === 0) return undefined
    return {
      value: withLists(invalid),
      repeated,
      retry(again) {
        const valid = invalid.filter((key) => !concerns(again, key))
        return valid.length === invalid.length ? undefined : { value: withLists(valid), repeated }
      },
    }
  }
}

/** Reports whether an issue is about a key, or about the whole part and so possibly about any key. */
function concerns(issues: readonly StandardIssue[], key: string): boolean {
  return issues.some(
    ({ path: [first = key] = [] }) => (typeof first === 'object' ? first.key : first) === key,
  )
}

/**
 * Parses urlencoded text (URL standard, "application/x-www-form-urlencoded"). If it has too many fields, throws 413 for a
 * form and 400 for a query.
 */
export function parsePairs(
  text: string,
  maxFields: number,
  what: 'query' | 'form',
): Iterable<[string, string]> {
  checkCount(text, '&', maxFields, what)
  return new URLSearchParams(text)
}

/** Throws if a text has more fields than allowed, before any of them is parsed. */
export function checkCount(
  text: string,
  separator: string,
  maxFields: number,
  what: 'query' | 'form' | 'Cookie header',
): void {
  let count = 1
  const status = what === 'form' ? 413 : 400
  for (let index = text.indexOf(separator); index !== -1; index = text.indexOf(separator, index + 1)) {
    if (++count > maxFields) throw new HttpError(status, `The ${what} has more than ${maxFields} fields.`)
  }
}

/** Returns undefined for a key that the schema ignores. */
function arities(shape: InputShape): (key: string) => Arity | undefined {
  const { named, others } = shape.fields
  const known = new Map([...named].map(([key, schema]) => [key, arityOf(shape, schema)]))
  const other = others && arityOf(shape, others)
  return (key) => (known.has(key) ? known.get(key) : other)
}

function arityOf(shape: InputShape, schema: JsonSchema): Arity {
  // zod's `any` and `unknown` get a single value, so that a client cannot send a list where the code expects text.
  if (schema.tsgi === 'any' || !shape.accepts('list', schema)) return 'one'
  return shape.accepts('text', schema) || shape.accepts('file', schema) ? 'either' : 'many'
}
