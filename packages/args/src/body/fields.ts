import { HttpError } from '@tsgi/core'
import { definitionOf, type Schema, unwrap } from '../schema/schema.ts'

/** Whether a key's schema takes one value, a list of them, or either. */
type Arity = 'one' | 'many' | 'either'

/** What a schema for a query or a form says of its keys. */
interface Arities {
  readonly named: ReadonlyMap<string, Arity>
  /** Of keys that are not named; undefined where the schema takes no notice of them. */
  readonly others: Arity | undefined
}

/** A query or a form as one object, and the keys in it that were repeated where the schema has no array. */
export interface Fields<Value> {
  readonly values: Readonly<Record<string, Value | readonly Value[]>>
  readonly repeated: readonly string[]
}

/**
 * Makes the function that gathers the pairs of a query or a form in one null-prototype object: a key becomes an array
 * only where the schema has one there, and always does there. Of a key that was repeated elsewhere the last value is
 * kept, and the key is reported.
 */
export function fieldGatherer(
  schema: Schema,
): <Value>(pairs: Iterable<readonly [string, Value]>) => Fields<Value> {
  let arities: Arities | undefined
  return function gather<Value>(pairs: Iterable<readonly [string, Value]>) {
    // At the first request, not before: a lazy schema may name one that the module declares later.
    arities ??= aritiesOf(schema)
    const lists = new Map<string, Value[]>()
    for (const [key, value] of pairs) {
      const list = lists.get(key)
      if (list === undefined) lists.set(key, [value])
      else list.push(value)
    }
    const values: Record<string, Value | readonly Value[]> = Object.create(null)
    const repeated: string[] = []
    for (const [key, list] of lists) {
      const arity = arities.named.get(key) ?? arities.others
      const isList = arity === 'many' || (arity === 'either' && list.length > 1)
      values[key] = isList ? list : list.at(-1)!
      if (arity === 'one' && list.length > 1) repeated.push(key)
    }
    return { values, repeated }
  }
}

/** The pairs of urlencoded text (URL standard, "application/x-www-form-urlencoded"). Throws a 400 for too many. */
export function parsePairs(text: string, maxFields: number, what: string): Iterable<[string, string]> {
  checkCount(text, '&', maxFields, what)
  return new URLSearchParams(text)
}

/** Throws a 400 where a text has more fields than allowed, before any of them is looked at. */
export function checkCount(text: string, separator: string, maxFields: number, what: string): void {
  let count = 1
  for (let index = text.indexOf(separator); index !== -1; index = text.indexOf(separator, index + 1)) {
    if (++count > maxFields) throw new HttpError(400, `The ${what} has more than ${maxFields} fields.`)
  }
}

function aritiesOf(schema: Schema): Arities {
  const { shape, catchall, valueType, options, left, right } = unwrap(schema)
  if (shape) {
    const named = new Map(Object.entries(shape).map(([key, value]) => [key, arityOf(value)]))
    return {
      named,
      others: catchall && definitionOf(catchall).type !== 'never' ? arityOf(catchall) : undefined,
    }
  }
  if (valueType) return { named: new Map(), others: arityOf(valueType) }
  const members = options ?? (left && right ? [left, right] : [])
  if (members.length === 0) return { named: new Map(), others: 'one' }
  return members.map(aritiesOf).reduce((a, b) => {
    const keys = new Set([...a.named.keys(), ...b.named.keys()])
    const named = [...keys].map((key) => [key, either(a.named.get(key), b.named.get(key))] as const)
    return { named: new Map(named), others: eitherOrNone(a.others, b.others) }
  })
}

function arityOf(schema: Schema): Arity {
  const { type, options } = unwrap(schema)
  if (options) return options.map(arityOf).reduce(either)
  return type === 'array' || type === 'tuple' ? 'many' : 'one'
}

function either(a: Arity | undefined, b: Arity | undefined): Arity {
  return eitherOrNone(a, b) ?? 'one'
}

function eitherOrNone(a: Arity | undefined, b: Arity | undefined): Arity | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a === b ? a : 'either'
}
