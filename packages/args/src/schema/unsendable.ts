import { acceptsKind, type InputShape, isPreprocessed } from './input-shape.ts'
import { type JsonSchema, type Keywords, schemaOf } from './json-schema.ts'

/** How a value is sent: as JSON, or as fields of text or lists of text, with or without files. */
export type Carrier = 'json' | 'fields' | 'form'

/** A value that a schema requires and that cannot be sent. */
export interface Unsendable {
  /** The keys that lead to it. */
  readonly path: readonly string[]
  /** The type that the schema requires, such as `number` or `date`. */
  readonly type: string
}

/** Finds a value that a schema requires and that can never be sent, so that every request would be invalid. */
export function findUnsendable(shape: InputShape, carrier: Carrier): Unsendable | undefined {
  return carrier === 'json' ? inJson(shape, shape.root, new Map()) : inFields(shape, carrier)
}

function inFields(shape: InputShape, carrier: Carrier): Unsendable | undefined {
  if (isPreprocessed(shape.root)) return undefined
  if (!shape.accepts('object')) return { path: [], type: nameOf(shape.root) }
  const { named, others } = shape.fields
  const fields = [...named, ...(others ? [['*', others] as const] : [])]
  const wrong = fields.find(([, schema]) => !isField(shape, schema, carrier))
  return wrong && { path: [wrong[0]], type: nameOf(wrong[1]) }
}

function isField(shape: InputShape, schema: JsonSchema, carrier: Carrier): boolean {
  const isValue = (value: JsonSchema): boolean =>
    shape.accepts('text', value) || (carrier === 'form' && shape.accepts('file', value))
  const isListOfValues = (leaf: JsonSchema): boolean => {
    const { items = {}, prefixItems = [] } = leaf as Keywords
    if (isPreprocessed(leaf)) return true
    return acceptsKind(leaf, 'list') && [...prefixItems, items || {}].every((item) => isValue(schemaOf(item)))
  }
  return isForbidden(schema) || isValue(schema) || shape.matches(schema, isListOfValues)
}

/** @param known The results for the schemas that have been searched, so that each is searched only once. */
function inJson(
  shape: InputShape,
  schema: JsonSchema,
  known: Map<JsonSchema, Unsendable | undefined>,
): Unsendable | undefined {
  if (known.has(schema) || isPreprocessed(schema)) return known.get(schema)
  known.set(schema, undefined)
  const found = searchJson(shape, schema, known)
  known.set(schema, found)
  return found
}

function searchJson(
  shape: InputShape,
  schema: JsonSchema,
  known: Map<JsonSchema, Unsendable | undefined>,
): Unsendable | undefined {
  if (schema.not !== undefined && !isForbidden(schema)) return { path: [], type: nameOf(schema) }
  if (schema.format === 'binary') return { path: [], type: 'file' }
  const {
    $ref,
    properties = {},
    items,
    prefixItems = [],
    additionalProperties,
    allOf = [],
    anyOf,
    oneOf,
  } = schema as Keywords
  const search = (member: unknown) =>
    member === undefined ? undefined : inJson(shape, schemaOf(member), known)
  const searchIn = (key: string, member: unknown) => {
    const found = search(member)
    return found && { ...found, path: [key, ...found.path] }
  }
  const parts = [
    $ref === undefined ? undefined : search(shape.resolve($ref)),
    ...Object.entries(properties).map(([name, property]) => searchIn(name, property)),
    ...[items, additionalProperties, ...prefixItems].map((item) => searchIn('*', item)),
    ...allOf.map(search),
  ]
  const members = (anyOf ?? oneOf ?? []).map(search)
  return parts.find(Boolean) ?? (members.every(Boolean) ? members[0] : undefined)
}

/** Reports whether a schema only exists to reject a key, such as `z.never().optional()`. */
function isForbidden(schema: JsonSchema): boolean {
  return schema.not !== undefined && schema.tsgi === undefined
}

function nameOf(schema: JsonSchema): string {
  const { tsgi, type = 'another type' } = schema as { tsgi?: string; type?: string | string[] }
  return tsgi ?? [type].flat().join(' or ')
}
